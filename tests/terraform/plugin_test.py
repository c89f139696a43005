#!/usr/bin/env python3
"""The provider as a program under real terraform: how it is started, watched, killed and debugged."""
import json
import os
import re
import signal
import subprocess
import unittest

from harness import BINARY, HANG_S, IS_TOFU, ROOT, SOURCE, TestCase, main

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "PREFIX-q"\n%s\n}\n'


class Plugin(TestCase):
    def in_session(self, process):
        return subprocess.run(["pgrep", "-s", str(process.pid), "-f", BINARY.name], capture_output=True,
                              text=True).stdout.split()

    def slow_apply(self):
        """An apply whose only call is under way, and the provider's process."""
        s = self.stack(QUEUE % "")
        self.fault("sqs", "CreateQueue", held=True)
        before = self.calls("CreateQueue")
        process = s.start("apply", "-input=false", "-auto-approve")
        self.wait_until(lambda: self.calls("CreateQueue") > before)
        (pid,) = self.in_session(process)
        return s, process, int(pid)

    def test_what_make_install_installs_is_found_by_its_address(self):
        s = self.stack(QUEUE % "")
        installed = subprocess.run(["make", "-s", "install", f"HOME={s.dir}", "MAKE=:"], cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(installed.returncode, 0, installed.stdout + installed.stderr)
        self.assertIn("init -upgrade", installed.stdout)
        nothing = {"HOME": str(s.dir), "TF_CLI_CONFIG_FILE": str(s.write("none.tfrc", ""))}
        self.ok(s.run("init", "-input=false", **nothing))
        self.assertIn("oko-investments/tenon", (s.dir / ".terraform.lock.hcl").read_text())
        self.ok(s.run("plan", "-input=false", **nothing))
        other = self.stack(QUEUE % "", provider=s.provider().replace("oko-investments/tenon", "oko-investments/aws"))
        self.ok(other.run("init", "-input=false", **nothing))
        self.ok(other.run("plan", "-input=false", **nothing))
        version = subprocess.run([s.dir / ".local/bin/tenon", "version"], capture_output=True, text=True).stdout
        self.assertIn(version.split()[1], (s.dir / ".terraform.lock.hcl").read_text())

    def test_a_machine_without_libcurl_is_an_error_that_says_what_to_install(self):
        s = self.stack(QUEUE % "")
        libraries = s.dir / "libraries"
        libraries.mkdir()
        (libraries / "libcurl.so.4").write_text("")  # found first, and no library
        result = s.run("plan", "-input=false", LD_LIBRARY_PATH=str(libraries))
        self.refused(result, "libcurl is missing on this machine: ", "libcurl.so.4", "apt-get install libcurl4",
                     "with provider")
        self.assertEqual(result.text.count("Error:"), 1, result.text)
        self.assertNotIn("panic", result.text)

    def test_a_debugged_provider_serves_one_command_after_another(self):
        s = self.stack(QUEUE % "  delay_seconds = 1")
        debugged = subprocess.Popen([BINARY, "-debug"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                    cwd=s.dir, env=s.env)
        self.addCleanup(debugged.kill)
        line = next(line for line in debugged.stdout if "TF_REATTACH_PROVIDERS=" in line)
        reattach = re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line).group(1)
        self.assertEqual(json.loads(reattach)[SOURCE]["ProtocolVersion"], 6)
        s.env["TF_REATTACH_PROVIDERS"] = reattach
        (s.dir / "cli.tfrc").write_text("")  # nothing else could start one
        self.ok(s.run("init", "-input=false"))
        self.applies_and_settles(s)
        s.write("main.tf", QUEUE % "  delay_seconds = 2")
        self.assertEqual(s.actions(), {"aws_sqs_queue.q": ["update"]})
        self.applies_and_settles(s)
        s.write("_provider.tf", s.provider('default_tags {\n    tags = { late = "1" }\n  }'))  # the last configuration counts
        self.applies_and_settles(s)
        self.assertEqual(s.state()["aws_sqs_queue.q"]["tags_all"], {"late": "1"})
        self.ok(s.destroy())
        self.assertIsNone(debugged.poll())
        debugged.send_signal(signal.SIGINT)
        self.assertEqual(debugged.wait(HANG_S), 0)
        debugged.stdout.close()

    def test_a_killed_terraform_leaves_no_provider_behind(self):
        s, process, pid = self.slow_apply()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        self.wait_until(lambda: not self.in_session(process))
        self.no_faults()
        self.applies_and_settles(s)  # the queue is found again by its name

    def test_a_crash_says_what_and_where_to_the_user(self):
        s, process, pid = self.slow_apply()
        os.kill(pid, signal.SIGABRT)
        out, err = process.communicate(timeout=HANG_S)
        self.assertEqual(process.returncode, 1)
        self.assertIn("panic: tenon: signal 6 (aborted)", out + err)
        self.assertIn("backtrace of tenon", out + err)
        self.no_faults()

    def test_a_long_or_missing_temporary_folder_is_no_hindrance(self):
        s = self.stack(QUEUE % "")
        long = s.dir / ("t" * 120)
        long.mkdir()
        self.ok(s.apply(TMPDIR=str(long)))
        del s.env["HOME"]
        s.env.pop("TMPDIR", None)
        self.no_changes(s)

    @unittest.skipIf(IS_TOFU, "its go-plugin is from before multiplexing and never asks")
    def test_a_host_that_asks_for_multiplexing_is_answered(self):
        s = self.stack(QUEUE % "")
        self.ok(s.apply(PLUGIN_MULTIPLEX_GRPC="true"))

    def test_five_megabytes_pass_both_ways(self):
        s = self.stack('data "aws_iam_policy_document" "d" {\n  source_policy_documents = [file("policy.json")]\n}\n')
        policy = {"Version": "2012-10-17", "Statement": [{"Sid": "S" * 5 * 1024 * 1024, "Effect": "Allow", "Action": "sqs:*",
                                                           "Principal": "*", "Resource": "*"}]}
        s.write("policy.json", json.dumps(policy))
        applied = s.apply()
        self.assertEqual(applied.code, 0, applied.err[-2000:])
        self.assertEqual(json.loads(s.state()["data.aws_iam_policy_document.d"]["minified_json"]), policy)

    def test_the_log_has_the_level_that_terraform_was_given(self):
        s = self.stack(QUEUE % "")

        def lines(**env):
            found = s.run("plan", "-input=false", **env)
            return [line for line in found.err.splitlines() if "provider.terraform-provider-tenon" in line]

        self.assertEqual(lines(TF_LOG_PROVIDER="ERROR"), [])
        traced = lines(TF_LOG_PROVIDER="TRACE")
        self.assertTrue([line for line in traced if "GetCallerIdentity" in line and "request_id" in line], traced[:20])
        self.assertEqual([line for line in lines(TF_LOG_PROVIDER="DEBUG") if "[TRACE]" in line], [])


if __name__ == "__main__":
    main()
