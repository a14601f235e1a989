"""Writes the templates as they are deployed to MiniStack, into target/deploy.

The functions are the release binaries of `cargo build --release`, each in a folder of its own, where `sam build` would
compile them. Resources of types that MiniStack does not know are left out; UNSUPPORTED lists them.
"""
import json
import os
import re
import string
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "target/deploy"

UNSUPPORTED = {
    "AWS::SecretsManager::RotationSchedule": "tests/deploy/walk.py puts the first keys instead",
    "AWS::WAFv2::LoggingConfiguration": "nothing takes its place",
    "AWS::Backup::BackupSelection": "nothing takes its place",
}

# MiniStack generates secrets with punctuation, unless each character is named.
PUNCTUATION = ("ExcludePunctuation: true", f"ExcludeCharacters: {json.dumps(string.punctuation)}")

# Alarms on metric math are left out, too.
METRIC_MATH = re.compile(r"(?m)^      Metrics:$")

# MiniStack has no CodeDeploy: aliases get new versions at once.
GRADUAL = re.compile(r"(?m)^      DeploymentPreference: .*\n")

# So is what refers to the DKIM tokens of an SES identity, which has no such attributes there.
DKIM_TOKENS = "MailDomain.DkimDNSTokenName"


def without_unsupported(text):
    """The template without resources of unsupported types, and without references to them."""
    kept, removed = [], []
    for block in re.split(r"(?m)^(?=  \S)", text):
        kind = re.search(r"(?m)^    Type: (\S+)$", block)
        reason = UNSUPPORTED.get(kind.group(1)) if kind else None
        if METRIC_MATH.search(block):
            reason = "its alarm is on metric math"
        if DKIM_TOKENS in block:
            reason = "SES identities have no DKIM tokens"
        if reason:
            name = block.split(":")[0].strip()
            removed.append((name, f"{name} ({kind.group(1) if kind else 'output'}): {reason}"))
        else:
            kept.append(block)
    text = "".join(kept)
    for name, _ in removed:
        text = text.replace(f', "${{{name}.Arn}}"', "") # the dashboard lists the alarms
    return text, [description for _, description in removed]


def with_binaries(text, release):
    """The template with a CodeUri for each function, whose folder has its binary as `bootstrap`."""
    def code(found):
        binary = found.group(1)
        folder = OUTPUT / "functions" / binary
        folder.mkdir(parents=True, exist_ok=True)
        bootstrap = folder / "bootstrap"
        bootstrap.unlink(missing_ok=True)
        os.link(release / binary, bootstrap)
        return f"    Properties:\n      CodeUri: functions/{binary}\n"

    return re.sub(r"    Metadata:\n.*\n +BuildProperties: \{ Binary: (\w+) \}\n    Properties:\n", code, text)


def main():
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for source in ("template.yaml", "infra/edge.yaml"):
        text, removed = without_unsupported((ROOT / source).read_text())
        for resource in removed:
            print(f"  left out of {source}: {resource}")
        text, gradual = GRADUAL.subn("", text)
        if gradual:
            print(f"  left out of {source}: DeploymentPreference of {gradual} functions: aliases get new versions at once")
        text = with_binaries(text, release).replace(*PUNCTUATION).replace("CodeUri: edge\n", f"CodeUri: {ROOT / 'infra/edge'}\n")
        (OUTPUT / Path(source).name).write_text(text)


sys.exit(main())
