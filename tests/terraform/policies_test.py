#!/usr/bin/env python3
"""What is refused of policies is wrong for certain: of AWS's own managed policies, as moto brings them, none is."""
import json
import re

from harness import TestCase, main

QUOTA = 6144  # characters, white space not counted; some of AWS's own are longer


def managed():
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    documents = {name: p["Document"] for name, p in json.loads(aws_managed_policies_data).items()}
    return {name: d for name, d in documents.items() if len(re.sub(r"\s", "", json.dumps(d, ensure_ascii=False))) <= QUOTA}


class Policies(TestCase):
    def validated(self, documents):
        s = self.stack("")
        text = lambda d: json.dumps(d).replace("${", "$${").replace("%{", "%%{")
        (s.dir / "policies.tf.json").write_text(json.dumps({"resource": {"aws_iam_policy": {
            name: {"policy": text(d)} for name, d in documents.items()}}}))
        return [d for d in json.loads(s.run("validate", "-json").out)["diagnostics"] if d["severity"] == "error"]

    def test_every_managed_policy_of_aws_is_a_valid_one(self):
        documents = managed()
        self.assertGreater(len(documents), 1400)
        self.assertEqual([d["summary"] for d in self.validated(documents)], [])

    def test_each_of_them_is_refused_with_a_letter_changed(self):
        documents = {name: json.loads(json.dumps(d).replace('"Effect"', '"effect"')) for name, d in list(managed().items())[::100]}
        said = {d["address"].split(".")[1] for d in self.validated(documents)}
        self.assertEqual(said, set(documents))


if __name__ == "__main__":
    main()
