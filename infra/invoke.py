"""What scripts/invoke needs of sam, whose Python runs this.

    python infra/invoke.py prepare TEMPLATE OUT   adds the endpoints of the stand-in to the variables of all functions
    python infra/invoke.py resource FUNCTION      prints the resource of a function: RegisterFunction for register
    python infra/invoke.py check                  whether `sam local invoke` would run each function with its event
"""

import functools
import json
import pathlib
import sys

from samcli.commands.local.invoke.cli import cli
from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from samcli.yamlhelper import yaml_dump, yaml_parse

ENDPOINTS = [f"AWS_ENDPOINT_URL_{service}" for service in ("DYNAMODB", "SESV2", "SECRETS_MANAGER", "CLOUDFRONT")]


def main():
    match sys.argv[1:]:
        case ["prepare", template, out]:
            prepare(pathlib.Path(template), pathlib.Path(out))
        case ["resource", function]:
            print(resources()[function])
        case ["check"]:
            check()
        case _:
            sys.exit(__doc__)


def prepare(template, out):
    """sam only passes variables that the template declares."""
    parsed = yaml_parse(template.read_text())
    variables = parsed["Globals"]["Function"]["Environment"]["Variables"]
    variables.update(dict.fromkeys(ENDPOINTS, ""))
    out.write_text(yaml_dump(parsed))


@functools.cache
def source():
    """The template, whose parsing takes seconds."""
    return yaml_parse(pathlib.Path("template.yaml").read_text())


def resources():
    """The resource of each function that is built from a folder."""
    template = source()
    of_type = {name: it for name, it in template["Resources"].items() if it["Type"] == "AWS::Serverless::Function"}
    return {it["Metadata"]["BuildProperties"]["Binary"]: name for name, it in of_type.items()}


def check():
    """Does what sam does until it starts a container."""
    folders = {path.parent.name for path in pathlib.Path("functions").glob("*/Cargo.toml")}
    events = {path.stem: path for path in pathlib.Path("events").glob("*.json")}
    fail_unless(folders == set(resources()), f"functions/ and template.yaml differ: {folders ^ set(resources())}")
    fail_unless(folders == set(events), f"functions/ and events/ differ: {folders ^ set(events)}")

    prepared = pathlib.Path("target/invoke")
    prepared.mkdir(parents=True, exist_ok=True)
    # As sam build writes it, in blocks.
    built = prepared / "built.yaml"
    built.write_text(yaml_dump(source()))
    template, environment = prepared / "template.yaml", prepared / "environment.json"
    prepare(built, template)
    # The search for credentials takes most of the time, and logs that it found some.
    LocalLambdaRunner.get_aws_creds = lambda _: {}
    stacks, _ = SamLocalStackProvider.get_stacks(str(template))
    functions = SamFunctionProvider(stacks)
    environment.write_text(json.dumps({"Parameters": {}}))
    # Parsing the arguments parses the template, too: once is enough.
    arguments = ["--template", str(template), "--event", str(events["help"]), "--env-vars", str(environment)]
    cli.make_context("invoke", [resources()["help"], *arguments])
    for name, resource in resources().items():
        json.loads(events[name].read_text())
        function = functions.get(resource)
        declared = (function.environment or {}).get("Variables", {})
        given = dict.fromkeys([*declared, *ENDPOINTS], "given")
        runner = LocalLambdaRunner(None, functions, ".", ".", env_vars_values={"Parameters": given})
        passed = runner.get_invoke_config(function).env_vars.resolve()
        missing = [variable for variable in given if passed.get(variable) != "given"]
        fail_unless(not missing, f"sam does not pass {missing} to {name}")
        fail_unless((function.runtime, function.handler) == ("provided.al2023", "bootstrap"), f"{name} is not a binary")
    print(f"invoke: sam would run all {len(folders)} functions with their events")


def fail_unless(condition, message):
    if not condition:
        sys.exit(f"invoke: {message}")


if __name__ == "__main__":
    main()
