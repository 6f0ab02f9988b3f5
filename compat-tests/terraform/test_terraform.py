"""Terraform's AWS provider against Millpond: apply, a plan that shows no change, destroy. Skipped where Terraform or the provider is missing.

Terraform fetches no provider here: MILLPOND_TERRAFORM_MIRROR names a folder laid out as a filesystem mirror
(registry.terraform.io/hashicorp/aws/VERSION/PLATFORM/…, as `terraform providers mirror` makes it); without it, Terraform's own plugin folders are looked at.
"""
import os
import pathlib
import shutil
import subprocess

import pytest

from support.millpond import Millpond
from support.servers import Server

HERE = pathlib.Path(__file__).resolve().parent
PROVIDER = "registry.terraform.io/hashicorp/aws"
SERVICES = ["es", "firehose", "iam", "kinesis", "kinesisanalytics", "kinesisanalyticsv2", "logs", "opensearch", "s3", "sts"]
STACKS = sorted(path.stem for path in (HERE / "stacks").glob("*.tf"))
SECONDS = 900

# The provider looks at an OpenSearch domain for the first time ten minutes after it was asked for, whatever the domain answers.
SLOW = {"opensearch_domain"}


def mirror():
    """The folder with the provider, or None."""
    given = os.environ.get("MILLPOND_TERRAFORM_MIRROR")
    home = pathlib.Path.home()
    usual = [home / ".terraform.d/plugins", home / ".local/share/terraform/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"]
    return next((pathlib.Path(folder) for folder in ([given] if given else usual) if (pathlib.Path(folder) / PROVIDER).is_dir()), None)


if not shutil.which("terraform"):
    pytest.skip("terraform is not on PATH", allow_module_level=True)
if not mirror():
    pytest.skip(f"no {PROVIDER}: name a provider mirror with MILLPOND_TERRAFORM_MIRROR", allow_module_level=True)


@pytest.fixture(scope="module")
def millpond():
    with Server() as server, Millpond("--elasticsearch", server.url) as m:
        yield m


class Terraform:
    """A working folder with one stack."""

    def __init__(self, folder, millpond, stack):
        self.folder = folder
        endpoints = "\n    ".join(f'{service} = "{millpond.url}"' for service in SERVICES)
        provider = (HERE / "provider.tf.in").read_text().replace("@ENDPOINTS@", endpoints)
        (folder / "provider.tf").write_text(provider)
        shutil.copy(HERE / "stacks" / f"{stack}.tf", folder / "main.tf")
        rc = folder / "terraform.rc"
        rc.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror()}"\n  }}\n}}\n')
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
        self.env = {**kept, "TF_CLI_CONFIG_FILE": str(rc), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true"}

    def run(self, *arguments, expect=(0,)):
        done = subprocess.run(["terraform", *arguments], cwd=self.folder, env=self.env, text=True, timeout=SECONDS,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode in expect, f"terraform {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-6000:]}"
        return done.stdout


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_applies_settles_and_goes(stack, millpond, tmp_path):
    if stack in SLOW and not os.environ.get("MILLPOND_SLOW_TESTS"):
        pytest.skip("the provider waits for ten minutes here: set MILLPOND_SLOW_TESTS=1 to run it")
    terraform = Terraform(tmp_path, millpond, stack)
    terraform.run("init", "-input=false", "-no-color")
    terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
    # Exit code 2 would be: there are changes.
    terraform.run("plan", "-detailed-exitcode", "-input=false", "-no-color")
    terraform.run("destroy", "-auto-approve", "-input=false", "-no-color")
    assert "aws_" not in terraform.run("state", "list")
