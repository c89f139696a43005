"""The verifier of bounds: a proof that holds passes, and each way to claim too much is refused."""
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFIER = pathlib.Path(os.environ.get("TENON_VERIFIERS", ROOT / "build/debug/tests/verify")) / "certificate"

# Two kinds of pods, 3 of 2 cores and 2 of 1 core; hosts of 4 cores for 1000 and of 2 cores for 600.
DUAL = """tenon-bound 1
resources cpu pods
standing 100
part dual
row 3 - 512000 2000 1
row 2 - 256000 1000 1
host 600 2000 9 : 0 1
host 1000 4000 9 : 0 1
step 200
proves 2000
bound 2100
pod 0 0 default/a
pod 0 0 default/b
pod 0 0 default/c
pod 0 1 default/d
pod 0 1 default/e
end
"""
# Three pods that each need a host of their own.
APART = """tenon-bound 1
resources cpu pods
standing 0
part {how}
group 1
row 2 0 {weight} 500 1
row 1 0 {weight} 400 1
host 100 4000 9 : 0 1
step 100
proves {proves}
bound {proves}
pod 0 0 default/a
pod 0 0 default/b
pod 0 1 default/c
end
"""


def search(**more):
    return APART.format(**dict({"how": "search", "weight": 0, "proves": 300}, **more))


class Certificate(unittest.TestCase):
    def verify(self, text):
        with tempfile.NamedTemporaryFile("w") as f:
            f.write(text)
            f.flush()
            done = subprocess.run([VERIFIER, f.name], capture_output=True, text=True)
            return done.returncode, done.stdout.strip()

    def holds(self, text):
        self.assertEqual(self.verify(text), (0, "holds"))

    def refuses(self, text, words, code=1):
        found = self.verify(text)
        self.assertEqual(found[0], code, found)
        self.assertIn(words, found[1])

    def changed(self, old, new, text=DUAL):
        self.assertIn(old, text)
        return text.replace(old, new, 1)

    def test_weights_that_no_host_outweighs_prove_their_sum(self):
        self.holds(DUAL)

    def test_a_host_that_may_hold_more_than_it_costs_is_named(self):
        self.refuses(self.changed("row 3 - 512000", "row 3 - 512001"), "host 1 may hold pods of weight 1024002")
        self.refuses(self.changed("host 1000 4000", "host 1000 5000"), "host 1 may hold pods of weight 1280000")
        self.refuses(self.changed("host 600", "host 400"), "host 0 may hold")

    def test_only_whole_pods_count(self):
        # By size alone the host of 3 cores would hold one and a half pods of the first kind.
        self.holds(self.changed("host 600 2000 9 : 0 1", "host 600 3000 9 : 0"))

    def test_a_row_that_a_host_does_not_admit_weighs_nothing_there(self):
        heavy = self.changed("row 2 - 256000", "row 2 - 512000")
        self.refuses(heavy, "may hold pods of weight")
        self.holds(self.changed("host 1000 4000 9 : 0 1", "host 1000 4000 9 : 0", self.changed("host 600", "host 1000", heavy)))

    def test_more_than_the_sum_is_not_proved(self):
        # 2000 is what the weights sum to; whole steps of 200 go no further.
        self.refuses(self.changed("proves 2000", "proves 2200").replace("bound 2100", "bound 2300"), "weigh 2000")
        self.refuses(self.changed("bound 2100", "bound 2101"), "the parts prove 2100")
        self.refuses(self.changed("step 200", "step 300"), "no multiple of step 300")

    def test_what_a_free_room_holds_is_taken_off(self):
        room = self.changed("host 600", "room 2000 1 : 0 1\nhost 600")
        self.refuses(room, "weigh 1600, which does not prove 2000")
        self.holds(room.replace("proves 2000", "proves 1600").replace("bound 2100", "bound 1700"))

    def test_pods_are_as_many_as_their_rows_say(self):
        self.refuses(self.changed("pod 0 1 default/e\n", ""), "row 1 counts 2 pods, and 1 are listed")
        self.refuses(self.changed("row 3 -", "row 4 -"), "row 0 counts 4 pods, and 3 are listed")

    def test_of_a_group_a_host_holds_no_more_than_its_number(self):
        apart = APART.format(how="dual", weight=102400, proves=300)
        self.holds(apart)
        self.refuses(apart.replace("group 1", "group 2"), "may hold pods of weight 204800")

    def test_a_search_is_done_again(self):
        self.holds(search())
        self.refuses(search(proves=400), "300 is enough")
        self.refuses(search().replace("group 1", "group 2"), "200 is enough")
        self.refuses(search().replace("host 100 4000 9 : 0 1", "host 100 4000 9 : 0 1\nhost 50 400 1 : 1"), "250 is enough")
        large = search().replace("row 2 0", "row 4000 0")
        self.refuses(large.replace("pod 0 0 default/a\n", "pod 0 0 default/a\n" * 3999), "too large to be searched")

    def test_broken_files_are_no_proofs(self):
        self.refuses(DUAL[:-5], "cut off", code=2)
        self.refuses("", "this is no tenon-bound 1", code=2)
        self.refuses(self.changed("row 3 - 512000", "row 3 - many"), "line 5: a whole number", code=2)
        self.refuses(self.changed("row 3 - 512000", "row 3 - -512000"), "line 5: a whole number", code=2)
        self.refuses(self.changed(": 0 1", ": 0 2"), "line 7: a whole number from 0 to 1", code=2)
        self.refuses(self.changed(": 0 1", ": 1 1"), "rows are to be named once", code=2)
        self.refuses(self.changed("row 3 -", "row 3 5"), "there is no group 5", code=2)
        self.refuses(self.changed("pod 0 1 default/e", "pod 1 0 default/e"), "line 16", code=2)

    def test_the_heaviest_filling_is_found_whatever_the_sizes(self):
        """Against all fillings of small hosts: a price one below the heaviest is refused, the heaviest itself holds."""
        for seed in range(60):
            r = random.Random(seed)
            rows = [(r.randint(1, 3), r.choice(["-", "0"]), r.randint(1, 50), r.randint(1, 9), r.randint(1, 9)) for _ in range(4)]
            room, most = (r.randint(5, 25), r.randint(5, 25)), r.randint(1, 2)
            heaviest = self.heaviest(rows, room, most)
            price = -(-heaviest // 1024) if heaviest else 0
            scaled = [(c, g, w * 1024, x, y) for c, g, w, x, y in rows]
            text = lambda p: "\n".join(
                ["tenon-bound 1", "resources cpu memory", "standing 0", "part dual", f"group {most}",
                 *("row %d %s %d %d %d" % row for row in scaled), f"host {p} {room[0]} {room[1]} : 0 1 2 3", "step 1", "proves 0",
                 "bound 0", *(f"pod 0 {i} p" for i, row in enumerate(rows) for _ in range(row[0])), "end", ""])
            with self.subTest(seed=seed, heaviest=heaviest, price=price):
                self.holds(text(heaviest))
                if heaviest:
                    self.refuses(text(heaviest - 1), f"pods of weight {heaviest * 1024}")

    def heaviest(self, rows, room, most):
        best = 0

        def go(i, weight, cpu, memory, group):
            nonlocal best
            best = max(best, weight)
            for n in range(rows[i][0] + 1) if i < len(rows) else ():
                _, g, w, x, y = rows[i]
                left = group - (n if g == "0" else 0)
                if n * x <= cpu and n * y <= memory and left >= 0:
                    go(i + 1, weight + n * w, cpu - n * x, memory - n * y, left)
        go(0, 0, *room, most)
        return best


if __name__ == "__main__":
    unittest.main()
