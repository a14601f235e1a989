"""Restores the table of the deployment on MiniStack, as docs/operate/recovery.md says, after tests/deploy/walk.py.

MiniStack copies the table as it is now, whatever moment is asked for.
"""
import subprocess
import sys

import boto3

from walk import EMAIL, PASSWORD, ROOT, Browser, email, emails, environment, expect, link, outputs, resource

sys.path.insert(0, str(ROOT / "infra"))
import restore as restoring  # noqa: E402

LATER = "leo@exemple.ca"


def restore(*arguments):
    command = [sys.executable, ROOT / "infra/restore.py", "account", "ca-central-1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"test-deploy: scripts/restore {' '.join(arguments)}: {done.stderr}")
    return done.stdout.split()


class Interrupted(Exception):
    pass


def interrupted_use(table):
    """Ends where the stack refers to the restored table, and has not imported it."""
    def interrupt(**_):
        raise Interrupted

    stack = restoring.Stack("account", "ca-central-1")
    stack.cloudformation.create_change_set = interrupt
    try:
        restoring.use(stack, table)
    except Interrupted:
        return
    sys.exit("test-deploy: the switch did not reach its second step")


def concurrency():
    found = boto3.client("lambda").get_function_concurrency(FunctionName=resource("account", "LoginFunction"))
    return found.get("ReservedConcurrentExecutions")


def sign_in(api, address):
    browser = Browser(api)
    browser.get("/login")
    _, target = browser.post("/login", email=address, password=PASSWORD)
    return target


def main():
    api = outputs("account", "ca-central-1")["ApiId"]
    before = resource("account", "Table")
    table = restore("copy")[-1]
    later = Browser(api)
    later.get("/register")
    later.post("/register", email=LATER, password=PASSWORD)
    message = email(1, LATER)
    later.get(link(message))
    later.post(later.target)
    expect(sign_in(api, LATER) == "/services", "somebody registers after the restored moment")

    restore("stop")
    expect(concurrency() == 0, "all functions are stopped", concurrency())
    interrupted_use(table)
    expect(environment()["TABLE_NAME"] == table != before, "functions use the restored table")
    # MiniStack ignores the encryption of a restored table.
    key = restoring.Stack("account", "ca-central-1").encryption()["KMSMasterKeyId"]
    expect(key == resource("account", "Key"), "it is encrypted with the key of the stack", key)
    restore("use", table)
    expect(resource("account", "Table") == table, "an interrupted switch is repeated, and the stack has the table")
    restore("use", table)
    restore("start")
    expect(concurrency() == 35, "all functions have the concurrency of the template again", concurrency())

    sent = len(emails(EMAIL))
    expect(sign_in(api, EMAIL) == "/services", "an account of the restored moment signs in")
    expect(sign_in(api, LATER) == "/login", "a later one does not exist")
    notice = email(sent + 1)
    expect(notice, "the stream of the restored table wakes the sender")
    owner = Browser(api)
    owner.get(link(notice))
    owner.post(owner.target, choice="confirmed")
    (account,) = restore("changed", table, "--since", "2000-01-01T00:00:00Z")
    expect(len(account) > 20, "the accounts that were secured since are found", account)
    restored_after_deletion(api, table)


def restored_after_deletion(api, table):
    """The stack's table is deleted, after a restore without a deployment after it. DynamoDB has a backup of it."""
    client = boto3.client("dynamodb")
    backup = client.create_backup(TableName=table, BackupName="last")["BackupDetails"]["BackupArn"]
    client.update_table(TableName=table, DeletionProtectionEnabled=False)
    client.delete_table(TableName=table)
    last = "account-restored-1"
    client.restore_table_from_backup(TargetTableName=last, BackupArn=backup)
    restore("prepare", last)
    restore("use", last)
    expect(environment()["TABLE_NAME"] == last == resource("account", "Table"), "a deleted table is restored from its backup")
    browser = Browser(api)
    browser.get("/login")
    _, target = browser.post("/login", email=EMAIL, password=PASSWORD)
    expect(target == "/login", "with the latest state: the password that its owner disputed is not accepted")


main()
