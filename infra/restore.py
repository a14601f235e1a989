"""Restores the table of a stack to a point in time. scripts/restore runs it; docs/operate/recovery.md has the procedure."""
import argparse
import copy
import hashlib
import json
import re
import sys
import time
from datetime import datetime, timezone

import boto3
from botocore.exceptions import BotoCoreError, ClientError

TABLE = "Table"


class Stack:
    def __init__(self, name, region):
        self.name = name
        session = boto3.Session(region_name=region)
        self.cloudformation = session.client("cloudformation")
        self.dynamodb = session.client("dynamodb")
        self.functions = session.client("lambda")
        self.s3 = session.client("s3")

    def described(self, name=None):
        (stack,) = self.cloudformation.describe_stacks(StackName=name or self.name)["Stacks"]
        return stack

    def template(self):
        body = self.cloudformation.get_template(StackName=self.name, TemplateStage="Processed")["TemplateBody"]
        return json.loads(body) if isinstance(body, str) else json.loads(json.dumps(body))

    def physical(self, name):
        found = self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=name)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def upload(self, template):
        """The URL of a template in the bucket of sam: most templates are too long for a request."""
        outputs = self.described("aws-sam-cli-managed-default")["Outputs"]
        bucket = next(output["OutputValue"] for output in outputs if output["OutputKey"] == "SourceBucket")
        key = f"{self.name}/restore-{int(time.time() * 1000)}.template"
        self.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(template).encode())
        return f"{self.s3.meta.endpoint_url}/{bucket}/{key}"

    def values(self):
        return {each["ParameterKey"]: each["ParameterValue"] for each in self.described().get("Parameters", [])}

    def encryption(self):
        """The encryption of the table by the template."""
        key = self.values().get("KmsKey")
        named = {"KMSMasterKeyId": self.physical("Key") if key == "create" else key} if key else {}
        return {"Enabled": True, "SSEType": "KMS", **named}

    def parameters(self, template, **changed):
        """The parameters of an update that keeps the value of all others."""
        return [{"ParameterKey": name, "ParameterValue": changed[name]} if name in changed
                else {"ParameterKey": name, "UsePreviousValue": True} for name in template["Parameters"]]


def say(text):
    print(f"restore: {text}", file=sys.stderr, flush=True)


# Stopping and starting: without concurrency, no function runs, and every request gets the page that says to try again.


def reserved(stack, resource, parameters):
    """The concurrency that the template reserves for a function; None for none."""
    value = resource["Properties"].get("ReservedConcurrentExecutions")
    if isinstance(value, dict) and "Fn::If" in value:
        value = value["Fn::If"][1]
    if isinstance(value, dict):
        value = parameters.get(value.get("Ref"))
    return int(value) if value and int(value) > 0 else None


def each_function(stack):
    """The functions of the stack, with their properties in the template: it may have functions by condition."""
    resources = stack.template()["Resources"]
    for page in stack.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.name):
        for found in page["StackResourceSummaries"]:
            if found["ResourceType"] == "AWS::Lambda::Function":
                yield found["PhysicalResourceId"], resources[found["LogicalResourceId"]]


def stop(stack):
    for name, _ in each_function(stack):
        stack.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    say("no function runs any more; every request gets the page that says to try again")


def start(stack):
    parameters = stack.values()
    for name, resource in each_function(stack):
        limit = reserved(stack, resource, parameters)
        if limit is None:
            stack.functions.delete_function_concurrency(FunctionName=name)
        else:
            stack.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=limit)
    say("all functions run again")


# The copy: a table as it was at a time, ready to take the place of the stack's.


def copied(stack, at):
    source = stack.physical(TABLE)
    target = f"{stack.name}-Table-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}"
    moment = {"RestoreDateTime": at} if at else {"UseLatestRestorableTime": True}
    stack.dynamodb.restore_table_to_point_in_time(
        SourceTableName=source, TargetTableName=target, SSESpecificationOverride=stack.encryption(), **moment)
    say(f"{target} is being restored from {source}")
    prepare(stack, target)
    return target


def prepare(stack, table):
    """Gives a restored table what a restore leaves out, but for the time to live."""
    wait_until_active(stack, table)
    stack.dynamodb.update_table(
        TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    wait_until_active(stack, table)
    stack.dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    wait_until_active(stack, table)
    stack.dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    say(f"{table} is ready")


def wait_until_active(stack, table):
    while True:
        found = stack.dynamodb.describe_table(TableName=table)["Table"]
        indexes = found.get("GlobalSecondaryIndexes", [])
        if found["TableStatus"] == "ACTIVE" and all(index["IndexStatus"] == "ACTIVE" for index in indexes):
            return found
        time.sleep(5)


# The switch: the stack's resource Table becomes another table.


def pinned(template, attributes, former):
    """The template with the attributes of another table wherever it refers to the present one: by a reference, or, since a
    restore without a deployment after it, by its name and ARNs."""
    def replace(value):
        if isinstance(value, str):
            # A table of that name may not exist any more.
            stream = rf"arn:[^\s\"]*:table/{re.escape(former)}/stream/[0-9T:.-]+"
            name = rf"(?<![\w.-]){re.escape(former)}(?![\w.-])"
            return re.sub(name, attributes["Ref"], re.sub(stream, attributes["StreamArn"], value))
        if isinstance(value, dict):
            if value.get("Ref") == TABLE:
                return attributes["Ref"]
            if "Fn::GetAtt" in value:
                parts = value["Fn::GetAtt"]
                parts = parts.split(".") if isinstance(parts, str) else parts
                if parts[0] == TABLE:
                    return attributes[parts[1]]
            if "Fn::Sub" in value:
                return {"Fn::Sub": substituted(value["Fn::Sub"])}
            return {key: replace(inner) for key, inner in value.items()}
        return [replace(inner) for inner in value] if isinstance(value, list) else value

    def substituted(value):
        text, *variables = value if isinstance(value, list) else [value]
        for name, attribute in attributes.items():
            text = text.replace("${Table}" if name == "Ref" else f"${{Table.{name}}}", attribute)
        return [replace(text), *map(replace, variables)] if variables else replace(text)

    return {section: replace(body) if section in ("Resources", "Outputs") else body for section, body in template.items()}


def with_new_versions(template, table):
    """The template with another version of each function, for which the aliases are changed at once: a version keeps the
    environment that its function had."""
    names = {name: re.sub(r"(?<=Version)\w+$", hashlib.sha256(table.encode()).hexdigest()[:10], name)
             for name, resource in template["Resources"].items() if resource["Type"] == "AWS::Lambda::Version"}

    def renamed(value):
        if isinstance(value, dict):
            return {names.get(key, key): renamed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [renamed(inner) for inner in value]
        return names.get(value, value) if isinstance(value, str) else value

    resources = renamed(template["Resources"])
    for resource in resources.values():
        if resource["Type"] == "AWS::Lambda::Alias":
            resource.pop("UpdatePolicy", None)
    return {**template, "Resources": resources}


def use(stack, table):
    template = stack.template()
    if TABLE in template["Resources"] and stack.physical(TABLE) == table:
        return say(f"the stack uses {table} already")
    if not re.search(r"\d", table):
        sys.exit("restore: a later restore looks for the name in the template, so it has to be unmistakable: use one with a digit.")
    found = stack.dynamodb.describe_table(TableName=table)["Table"]
    if found["TableStatus"] != "ACTIVE" or "LatestStreamArn" not in found:
        sys.exit(f"restore: {table} is not active, or has no stream: make it with 'copy'.")
    enable_time_to_live(stack, table)
    # A run that was interrupted between the two steps has left the definition in the metadata.
    kept = template.setdefault("Metadata", {}).pop("RestoredTable", None)
    is_repeated = TABLE not in template["Resources"]
    if is_repeated and (kept is None or kept["TableName"] != table):
        sys.exit(f"restore: finish what was begun: use {kept['TableName']}." if kept else f"restore: the stack has no resource {TABLE}.")
    definition = kept["Definition"] if is_repeated else template["Resources"].pop(TABLE)
    former = table if is_repeated else stack.physical(TABLE)
    attributes = {"Ref": table, "Arn": found["TableArn"], "StreamArn": found["LatestStreamArn"]}
    without = with_new_versions(pinned(template, attributes, former), table)
    without["Metadata"]["RestoredTable"] = {"TableName": table, "Definition": copy.deepcopy(definition)}
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    if not is_repeated:
        say(f"all that refers to the table is changed to {table}")
        before = stack.described()
        stack.cloudformation.update_stack(
            StackName=stack.name, TemplateURL=stack.upload(without), Capabilities=capabilities,
            # Later deployments keep the value.
            Parameters=stack.parameters(without, TableName=table))
        wait_for(stack, "UPDATE_COMPLETE", before)
    say(f"{table} is imported as the stack's resource {TABLE}")
    definition["Properties"]["TableName"] = table
    complete = copy.deepcopy(without)
    complete["Resources"][TABLE] = definition
    change_set = f"restore-{int(time.time())}"
    stack.cloudformation.create_change_set(
        StackName=stack.name, ChangeSetName=change_set, ChangeSetType="IMPORT", TemplateURL=stack.upload(complete),
        Parameters=stack.parameters(complete), Capabilities=capabilities,
        ResourcesToImport=[{"ResourceType": "AWS::DynamoDB::Table", "LogicalResourceId": TABLE,
                            "ResourceIdentifier": {"TableName": table}}])
    wait_for_change_set(stack, change_set)
    before = stack.described()
    stack.cloudformation.execute_change_set(StackName=stack.name, ChangeSetName=change_set)
    wait_for(stack, "IMPORT_COMPLETE", before)
    return say(f"the stack uses {table}, also after later deployments")


def enable_time_to_live(stack, table):
    state = stack.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"].get("TimeToLiveStatus")
    if state not in ("ENABLED", "ENABLING"):
        stack.dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})


def wait_for(stack, expected, before):
    """Waits for the end of an operation that began after the stack was described as `before`."""
    while True:
        now = stack.described()
        state, has_begun = now["StackStatus"], now.get("LastUpdatedTime") != before.get("LastUpdatedTime")
        if has_begun and state == expected:
            return
        if has_begun and not state.endswith("IN_PROGRESS"):
            sys.exit(f"restore: the stack is in the state {state}; 'aws cloudformation describe-stack-events' says why.")
        time.sleep(1)


def wait_for_change_set(stack, change_set):
    while True:
        found = stack.cloudformation.describe_change_set(StackName=stack.name, ChangeSetName=change_set)
        if found["Status"] == "CREATE_COMPLETE":
            return
        if found["Status"] == "FAILED":
            sys.exit(f"restore: the import is refused: {found.get('StatusReason')}")
        time.sleep(3)


# Accounts whose state before the restored moment is less secure than the one after it.

SECURED = ["password_changed", "password_reset", "reset_required", "disowned", "email_changed", "email_change_undone",
           "authenticator_removed", "recovery_codes_renewed", "recovery_codes_removed", "partner_unlinked", "other_sessions_ended", "all_sessions_ended", "closed"]


def changed(stack, table, since):
    """The IDs of the accounts whose audit trail has such an event, in a table that the stack need not use any more."""
    names = {f":e{number}": {"S": event} for number, event in enumerate(SECURED)}
    pages = stack.dynamodb.get_paginator("scan").paginate(
        TableName=table, ProjectionExpression="pk", ConsistentRead=True,
        FilterExpression=f"kind = :audit AND #at >= :since AND #event IN ({', '.join(names)})",
        ExpressionAttributeNames={"#at": "at", "#event": "event"},
        ExpressionAttributeValues={":audit": {"S": "audit"}, ":since": {"N": str(int(since.timestamp()))}, **names})
    keys = {item["pk"]["S"] for page in pages for item in page["Items"]}
    return sorted(key.removeprefix("ACCOUNT#") for key in keys if key.startswith("ACCOUNT#"))


def moment(text):
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError("not a time such as 2026-12-01T00:00:00Z") from None
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("the time needs its zone, such as Z")
    return found


def main():
    parser = argparse.ArgumentParser(prog="scripts/restore", description=__doc__.splitlines()[0])
    parser.add_argument("stack")
    parser.add_argument("region")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("stop", help="stop all functions: every request gets the page that says to try again")
    copying = commands.add_parser("copy", help="restore the table into a new one, which nothing uses yet, and print its name")
    copying.add_argument("--at", type=moment, help="such as 2026-12-01T00:00:00Z; without it, the latest possible time")
    preparing = commands.add_parser("prepare", help="give a table that was restored otherwise its stream, protection and recovery")
    preparing.add_argument("table")
    using = commands.add_parser("use", help="make the stack use another table")
    using.add_argument("table")
    commands.add_parser("start", help="start all functions again")
    listing = commands.add_parser("changed", help="print the IDs of the accounts that were secured since a time, from the old table")
    listing.add_argument("table")
    listing.add_argument("--since", type=moment, required=True)
    given = parser.parse_args()
    stack = Stack(given.stack, given.region)
    try:
        if given.command == "copy":
            print(copied(stack, given.at))
        elif given.command == "changed":
            print("\n".join(changed(stack, given.table, given.since)))
        elif given.command == "prepare":
            prepare(stack, given.table)
        elif given.command == "use":
            use(stack, given.table)
        else:
            {"stop": stop, "start": start}[given.command](stack)
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"restore: {error}")


if __name__ == "__main__":
    main()
