"""Fails when twice as many flows would not fit into a stack and an API.

Counts the resources and routes of the template as SAM transforms it. What SAM makes of a function counts twice.
"""
import logging
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

RESOURCES_OF_A_STACK, ROUTES_OF_AN_API = 500, 300


class NoManagedPolicies:
    def load(self):
        return {}


def transformed(template):
    functions = [resource for resource in template["Resources"].values() if resource["Type"] == "AWS::Serverless::Function"]
    for function in functions:
        function["Properties"]["CodeUri"] = "s3://bucket/key"
    return transform(template, {}, NoManagedPolicies())


def routes(resources):
    apis = [resource for resource in resources.values() if resource["Type"] == "AWS::ApiGatewayV2::Api"]
    return sum(len(api["Properties"]["Body"]["paths"]) for api in apis)


def main():
    logging.disable(logging.WARNING)  # of metrics that samtranslator does not publish
    errors = []
    for path in sys.argv[1:]:
        template = yaml_parse(Path(path).read_text())
        functions = [name for name, resource in template["Resources"].items() if resource["Type"] == "AWS::Serverless::Function"]
        resources = transformed(template)["Resources"]
        of_functions = sum(any(name.startswith(function) for function in functions) for name in resources)
        needed = len(resources) + of_functions
        count = routes(resources)
        print(f"templates: {path}: {len(resources)} resources, {of_functions} of them of {len(functions)} functions; {count} routes. "
              f"Twice as many functions: {needed} of {RESOURCES_OF_A_STACK}, {2 * count} of {ROUTES_OF_AN_API}")
        if needed > RESOURCES_OF_A_STACK or 2 * count > ROUTES_OF_AN_API:
            errors.append(f"templates: {path}: twice as many flows would not fit: move functions to a nested stack, or give each flow one route.")
    if errors:
        sys.exit("\n".join(errors))


main()
