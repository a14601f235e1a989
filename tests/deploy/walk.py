"""Uses the deployment on MiniStack as a resident and a service would: registration, activation, sign-in to a service, tokens.

CloudFront does not run there, so requests reach the API with the headers that it adds.
"""
import base64
import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import time
import uuid
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import boto3
import requests

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
ORIGIN = "https://account.example"
EMAIL, PASSWORD = "ana@exemple.ca", "vK9#qLw2-zebra"
REDIRECT_URI = "https://service.example/return"
REGISTRATION = f"""
client_id: deployed
client_name: {{ en: Health card, fr: Carte Santé }}
client_uri: https://service.example/
support_contact: {{ en: "mailto:help@service.example", fr: "mailto:aide@service.example" }}
redirect_uris: [{REDIRECT_URI}]
token_endpoint_auth_method: client_secret_basic
scopes: [openid, email]
"""


def outputs(stack, region):
    (found,) = boto3.client("cloudformation", region_name=region).describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def resource(stack, name):
    client = boto3.client("cloudformation")
    return client.describe_stack_resource(StackName=stack, LogicalResourceId=name)["StackResourceDetail"]["PhysicalResourceId"]


class Form(HTMLParser):
    """The hidden fields of the forms on a page, its heading, and its link that returns to the service."""

    def __init__(self, html):
        super().__init__()
        self.fields, self.heading, self.in_heading, self.onward = {}, "", False, ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "input" and attributes.get("type") == "hidden":
            self.fields.setdefault(attributes.get("name"), attributes.get("value", ""))
        if tag == "a" and attributes.get("href", "").startswith(REDIRECT_URI):
            self.onward = attributes["href"]
        self.in_heading = self.in_heading or tag == "h1"

    def handle_endtag(self, tag):
        self.in_heading = self.in_heading and tag != "h1"

    def handle_data(self, data):
        self.heading += data if self.in_heading else ""


class Browser:
    """Follows redirects within the deployment, and keeps its cookies."""

    def __init__(self, api):
        # By path: by host name, MiniStack takes /login for an endpoint of Cognito.
        self.base = f"{ENDPOINT}/_aws/execute-api/{api}/$default"
        self.cookies, self.page = {}, None

    def headers(self, **extra):
        return {"x-origin-secret": sent_by_cloudfront(), "cloudfront-viewer-address": "192.0.2.7:4711",
                "cloudfront-viewer-country": "CA", **extra}

    def request(self, method, target, body=None, **headers):
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = self.headers(**({"cookie": cookie} if cookie else {}), **headers)
        response = requests.request(method, self.base + target, data=body, headers=headers, allow_redirects=False, timeout=30)
        for line in response.raw.headers.getlist("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        return response

    def follow(self, response, target):
        while response.status_code in (302, 303):
            target = response.headers["location"]
            if not target.startswith("/") and not target.startswith(ORIGIN):
                return response, target
            target = target.removeprefix(ORIGIN)
            response = self.request("GET", target, **{"sec-fetch-site": "none"})
        self.page, self.target = Form(response.text), target
        self.html = response.text
        return response, target

    def get(self, target):
        return self.follow(self.request("GET", target, **{"sec-fetch-site": "none"}), target)

    def post(self, target, **fields):
        body = urlencode({**self.page.fields, **fields})
        headers = {"content-type": "application/x-www-form-urlencoded", "origin": ORIGIN, "sec-fetch-site": "same-origin"}
        return self.follow(self.request("POST", target, body, **headers), target)


def sent_by_cloudfront():
    """The header that CloudFront adds to requests."""
    distribution = outputs("account", "ca-central-1")["DistributionId"]
    origins = boto3.client("cloudfront").get_distribution_config(Id=distribution)["DistributionConfig"]["Origins"]["Items"]
    (header,) = (header for origin in origins for header in origin.get("CustomHeaders", {}).get("Items", []))
    return header["HeaderValue"]


def expect(condition, what, shown=""):
    if not condition:
        sys.exit(f"test-deploy: {what}\n{shown}")
    print(f"  {what}: ok")


def emails(to):
    found = requests.get(f"{ENDPOINT}/_ministack/ses/messages", timeout=30).json()["messages"]
    return [message for messages in found.values() for message in messages if to in message["To"]]


def email(count, to=EMAIL):
    """The newest email, once there are as many as this. The stream wakes the sender."""
    for _ in range(150):
        found = emails(to)
        if len(found) >= count:
            return found[-1]
        time.sleep(0.2)
    return None


def link(message):
    line = next(line for line in message["BodyText"].splitlines() if line.startswith(ORIGIN))
    return line.removeprefix(ORIGIN)


def create_signing_keys():
    """What Secrets Manager's first rotation does: MiniStack calls no rotation function."""
    keys = subprocess.run([PROGRAMS / "examples/signing_keys"], check=True, capture_output=True, text=True).stdout
    for name, value in json.loads(keys).items():
        boto3.client("secretsmanager").put_secret_value(SecretId=resource("account", name), SecretString=value)


def create_next_origin_value():
    """What the first rotation of the origin secret does."""
    client, secret = boto3.client("secretsmanager"), resource("account", "OriginSecret")
    values = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    expect(values == {"current": sent_by_cloudfront()}, "CloudFront sends the generated origin secret")
    values = {**values, "next": secrets.token_urlsafe(32)}
    client.put_secret_value(SecretId=secret, SecretString=json.dumps(values))
    return values


def rotate_origin(values):
    """What the second rotation does, by the deployed function. MiniStack has no version without a value, so the first step is
    done here."""
    client, secret, version = boto3.client("secretsmanager"), resource("account", "OriginSecret"), str(uuid.uuid4())
    function = resource("account", "RotateOriginFunction")
    client.rotate_secret(SecretId=secret)
    pending = {"previous": values["current"], "current": values["next"], "next": secrets.token_urlsafe(32)}
    client.put_secret_value(SecretId=secret, ClientRequestToken=version, SecretString=json.dumps(pending),
                            VersionStages=["AWSPENDING"])
    for step in ("setSecret", "testSecret", "finishSecret"):
        event = {"Step": step, "SecretId": client.describe_secret(SecretId=secret)["ARN"], "ClientRequestToken": version}
        done = boto3.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        answer = done["Payload"].read().decode()
        expect("FunctionError" not in done, f"{step} of the origin secret's rotation", answer)
    expect(sent_by_cloudfront() == values["next"], "CloudFront sends the next origin secret")
    expect(json.loads(client.get_secret_value(SecretId=secret)["SecretString"]) == pending, "its version is the current one")


def processed():
    """The template as SAM transformed it."""
    template = boto3.client("cloudformation").get_template(StackName="account", TemplateStage="Processed")["TemplateBody"]
    return template if isinstance(template, dict) else json.loads(template)


def create_routes(api, template):
    """What API Gateway does with the OpenAPI body that SAM makes of the routes: MiniStack does not read it."""
    gateway, account = boto3.client("apigatewayv2"), boto3.client("sts").get_caller_identity()["Account"]
    integrations = {}
    for path, methods in template["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
        (operation,) = methods.values()
        function = re.search(r"\$\{(\w+)Aliaslive\}", json.dumps(operation)).group(1)
        if function not in integrations:
            arn = f"arn:aws:lambda:ca-central-1:{account}:function:{resource('account', function)}:live"
            integrations[function] = gateway.create_integration(
                ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0")["IntegrationId"]
        key = path if path == "$default" else f"ANY {path}"
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integrations[function]}")


def environment():
    configuration = boto3.client("lambda").get_function_configuration(FunctionName=resource("account", "ServicesFunction"))
    return configuration["Environment"]["Variables"]


def ops(*arguments):
    """Runs the operators' command on the stack. Every service of AWS is MiniStack's."""
    command = [PROGRAMS / "ops", "--stack", "account", "--region", "ca-central-1", *arguments]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"test-deploy: ops {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def pkce():
    verifier = secrets.token_urlsafe(40)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return verifier, challenge


def version():
    return (ROOT / "target/static/version").read_text().strip()


def check_mail(template):
    """MiniStack does not verify identities, and publishes no events of SES by itself."""
    ses, made = boto3.client("sesv2"), outputs("account", "ca-central-1")
    identity = ses.get_email_identity(EmailIdentity="account.example")
    expect(identity["MailFromAttributes"]["MailFromDomain"] == "bounce.account.example", "SES has the domain of emails", identity)
    expect("include:amazonses.com" in made["MailSpfRecords"]
           and made["MailDmarcRecord"].startswith("_dmarc.account.example"), "the outputs have the DNS records of emails", made)
    name = made["MailConfigurationSet"]
    destinations = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)["EventDestinations"]
    types = destinations[0]["MatchingEventTypes"]
    expect({"BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY"} <= set(types), "SES reports what becomes of emails", destinations)
    reasons = template["Resources"]["MailConfigurationSet"]["Properties"]["SuppressionOptions"]["SuppressedReasons"]
    expect(reasons == ["BOUNCE"], "SES sends to addresses that complained", reasons)


def bounce():
    """Reports that the email bounced, as SES would, by the tags with which it was sent. EventBridge takes events of `aws.ses`
    from SES alone, so its rule is compared with the event, and the function that it names is invoked."""
    made = outputs("account", "ca-central-1")
    event = json.loads((ROOT / "events/mail_events.json").read_text())
    detail = event["detail"]
    [sent] = [item for item in items() if item["kind"]["S"] == "sent_email" and item["email_kind"]["S"] == "ActivationLinks"]
    _, at, outbox = sent["sk"]["S"].split("#")
    place = sent["pk"]["S"].removeprefix("EMAIL#").replace(".", "-", 1)
    expect(sent["message_id"]["S"], "the outbox keeps the id that SES gave the email", sent)
    detail["mail"]["tags"].update({"ses:configuration-set": [made["MailConfigurationSet"]], "place": [place],
                                   "sent_at": [str(int(at))], "message": [outbox], "kind": ["ActivationLinks"]})
    detail["bounce"]["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    events = boto3.client("events")
    function = boto3.client("lambda").get_function(FunctionName=resource("account", "MailEventsFunction"))
    arn = function["Configuration"]["FunctionArn"]
    [rule] = events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    pattern = events.describe_rule(Name=rule)["EventPattern"]
    for source, matches in (("aws.ses", True), ("aws.s3", False)):
        answer = events.test_event_pattern(EventPattern=pattern, Event=json.dumps({**event, "source": source}))
        expect(answer["Result"] is matches, f"the rule decides about an event of {source}", pattern)
    boto3.client("lambda").invoke(FunctionName=arn, InvocationType="Event", Payload=json.dumps(event))
    for _ in range(150):
        if any(item["kind"]["S"] == "deliverability" and "bounced_at" in item for item in items()):
            return True
        time.sleep(0.2)
    return False


def items():
    found = boto3.client("dynamodb").scan(TableName=environment()["TABLE_NAME"])
    return found["Items"]


def main():
    api = outputs("account", "ca-central-1")["ApiId"]
    template = processed()
    create_routes(api, template)
    create_signing_keys()
    origin_values = create_next_origin_value()
    check_mail(template)
    # MiniStack does not limit concurrency.
    limit = lambda name: json.dumps(template["Resources"][f"{name}Function"]["Properties"]["ReservedConcurrentExecutions"])
    expect("LimitsPages" in limit("Login") and "ReservesTokens" in limit("Token") and limit("Outbox") == '{"Ref": "AWS::NoValue"}',
           "a flood of sign-ins leaves tokens their concurrency")
    partners = json.loads(environment()["PARTNERS"])
    expect(partners[0]["name"]["fr"] == "Banque d'essai", "a parameter arrives as the configuration has it", partners)
    # MiniStack does not apply the encryption of a table that CloudFormation creates.
    encrypted = json.dumps(template["Resources"]["Table"]["Properties"]["SSESpecification"])
    queue = boto3.client("sqs").get_queue_attributes(QueueUrl=resource("account", "Undelivered"), AttributeNames=["All"])["Attributes"]
    signing = boto3.client("secretsmanager").describe_secret(SecretId=resource("account", "SigningKeys"))
    vault = boto3.client("backup").describe_backup_vault(BackupVaultName=resource("account", "BackupVault"))
    used = [queue["KmsMasterKeyId"], signing["KmsKeyId"], vault["EncryptionKeyArn"]]
    expect("KmsKey" in encrypted and all(resource("account", "Key") in key for key in used), "what is stored is encrypted with the key of the stack", used)
    ana = Browser(api)

    refused = requests.get(f"{ana.base}/login", timeout=30)
    expect(refused.status_code == 403, "without the origin secret no function answers", refused.text)

    bucket = outputs("account", "ca-central-1")["StaticBucket"]
    style = boto3.client("s3").head_object(Bucket=bucket, Key=f"static/{version()}/site.css")
    expect(style["ContentType"].startswith("text/css") and "immutable" in style["CacheControl"], "the stylesheet is in the bucket")

    response, _ = ana.get("/register")
    expect(response.status_code == 200, "GET /register", response.text)
    response, target = ana.post("/register", email=EMAIL, password=PASSWORD)
    expect(target.startswith("/register/sent"), "register", response.text)
    message = email(1)
    expect(message, "the stream wakes the sender, and SES has the email")
    ana.get(link(message))
    response, target = ana.post(ana.target)
    expect(target == "/services" and response.status_code == 200, "activate", response.text)

    expect(bounce(), "a bounce is recorded")
    shown = json.loads(ops("mail", "show", EMAIL, "--json"))
    expect(shown["problem"] == "bounced" and shown["emails"][0]["state"] == "bounced", "ops shows the bounce", shown)
    response, target = ana.get("/settings")
    expect("/settings/email/problem" in response.text, "the settings show the bounce", response.text)
    done = json.loads(ops("mail", "allow", EMAIL, "--yes", "--json"))
    expect("allowed" in done["done"], "ops allows the address again", done)

    registration = ROOT / "target/deploy/service.yaml"
    registration.write_text(REGISTRATION)
    ops("services", "apply", str(registration), "--yes")
    secret = ops("services", "new-secret", "deployed").split()[-1]
    expect(len(secret) > 20, "ops registers a service")

    verifier, challenge = pkce()
    query = urlencode({"client_id": "deployed", "response_type": "code", "redirect_uri": REDIRECT_URI, "scope": "openid email",
                       "state": "s", "nonce": "n", "code_challenge": challenge, "code_challenge_method": "S256"})
    other = Browser(api)
    response, target = other.get(f"/authorize?{query}")
    expect(target.startswith("/login?interaction="), "a service starts a sign-in", response.text)
    response, target = other.post(target, email=EMAIL, password=PASSWORD)
    expect("Health card" in other.page.heading, "the resident is asked what to share", other.html)
    response, target = other.post(target, answer="yes")
    target = other.page.onward
    parameters = parse_qs(urlsplit(target).query)
    expect("code" in parameters, "the resident returns to the service with a code", target)

    body = urlencode({"grant_type": "authorization_code", "code": parameters["code"][0], "redirect_uri": REDIRECT_URI, "code_verifier": verifier})
    basic = base64.b64encode(f"deployed:{secret}".encode()).decode()
    headers = other.headers(**{"content-type": "application/x-www-form-urlencoded", "authorization": f"Basic {basic}"})
    response = requests.post(f"{other.base}/token", data=body, headers=headers, timeout=30)
    expect(response.status_code == 200, "the service exchanges the code", response.text)
    tokens = response.json()
    response = requests.get(f"{other.base}/userinfo", headers=other.headers(authorization=f"Bearer {tokens['access_token']}"), timeout=30)
    expect(response.json().get("email") == EMAIL, "userinfo has the email address", response.text)
    keys = requests.get(f"{other.base}/.well-known/jwks.json", headers=other.headers(), timeout=30).json()["keys"]
    header = json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[0] + "=="))
    expect(header["kid"] in [key["kid"] for key in keys], "the ID token is signed by a published key")

    rotate_origin(origin_values)
    for sent, status in ((origin_values["current"], 200), (origin_values["next"], 200), ("guessed", 403)):
        response = requests.get(f"{other.base}/login", headers={**other.headers(), "x-origin-secret": sent}, timeout=30)
        expect(response.status_code == status, f"a request during the rotation has the status {status}", response.text)


if __name__ == "__main__":
    main()
