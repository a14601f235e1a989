"""Starts each function under Lambda's runtime emulator, in turn, and compares the time with that of an empty function."""

import glob
import http.client
import itertools
import platform
import re
import socket
import statistics
import subprocess
import sys
import threading

GOAL, LIMIT = 1.3, 1.5
FUNCTIONS = ["empty"] + sorted(path.split("/")[1] for path in glob.glob("functions/*/Cargo.toml"))
PROCESSOR = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
EMULATOR = glob.glob(f".tools/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-{PROCESSOR}")[0]
PORTS = itertools.cycle(range(20_000, 30_000))
# The configuration that a start reads. No endpoint exists: clients are created at the first request.
ENVIRONMENT = {
    "TABLE_NAME": "table", "PUBLIC_ORIGIN": "https://account.example",
    "STATIC_BASE": "/static/0", "MAIL_FROM": "from@account.example",
    "MAIL_CONFIGURATION_SET": "account", "SES_RATE": "0", "SUPPORT_EMAIL": "help@account.example",
    "PASSWORD_POLICY": "standards", "ARGON2_MEMORY_KIB": "19456", "ARGON2_PASSES": "2",
    "EMAIL_LIMITS": "1/30s,5/1h,20/24h", "CODE_LIMITS": "1/30s,20/1h", "REGISTRATION_LIMIT": "20/1h", "TRY_LIMIT": "100/15m",
    "CONTACT_LIMIT": "20/1h", "EMAIL_REQUEST_LIMIT": "60/1h", "AUDIT_DAYS": "730",
    "REQUEST_BUDGET_MS": "4500",
    "DIRECT_ACCESS": "no", "ORIGIN_SECRET": "origin-secret", "DISTRIBUTION_ID": "none",
    "AWS_REGION": "ca-central-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9",
}


def free_ports():
    """Two free ports below the ephemeral range, so that no client connection takes them."""
    return list(itertools.islice(filter(is_free, PORTS), 2))


def is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def invoke(port):
    """Sends the first request, which starts the function. The response is irrelevant."""
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", "/2015-03-31/functions/function/invocations", "{}")
            return connection.getresponse()
        except ConnectionRefusedError:
            threading.Event().wait(0.01)
        except OSError:
            return None


def start(function):
    """Milliseconds until the function asks for its first event."""
    interface, runtime = free_ports()
    emulator = subprocess.Popen(
        [EMULATOR, "--runtime-interface-emulator-address", f"127.0.0.1:{interface}",
         "--runtime-api-address", f"127.0.0.1:{runtime}", f"target/release/{function}"],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    threading.Thread(target=invoke, args=[interface], daemon=True).start()
    try:
        lines = (re.search(r"INIT REPORT\(durationMs: ([\d.]+)\)", line) for line in emulator.stdout)
        return float(next(found for found in lines if found)[1])
    finally:
        emulator.kill()
        emulator.wait()


def main(times):
    taken = {function: [] for function in FUNCTIONS}
    for _ in range(times):
        for function in FUNCTIONS:
            taken[function].append(start(function))
    # Other programs only make a start slower: the lower quartile is more reliable than the median.
    quick = {function: statistics.quantiles(durations)[0] for function, durations in taken.items()}
    print("           median  quarter  times empty")
    for function, durations in taken.items():
        print(f"{function:10} {statistics.median(durations):6.2f} {quick[function]:8.2f} {quick[function] / quick['empty']:8.2f}")
    slowest = max(quick.values()) / quick["empty"]
    verdict = "met" if slowest <= GOAL else "missed" if slowest > LIMIT else "missed within the error of the measurement"
    print(f"The goal, {GOAL} times the empty function, is {verdict}.")
    sys.exit(slowest > LIMIT)


main(int(sys.argv[1]))
