"""Authlib in a Flask application: a secret in the header, and ID tokens signed by RS256."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, request

ISSUER = os.environ["ISSUER"]
REDIRECT_URI = os.environ["REDIRECT_URI"]
SIGNED_OUT_URI = os.environ["SIGNED_OUT_URI"]

app = Flask(__name__)
app.secret_key = os.urandom(32)
tokens = {}


def renewed(token, refresh_token=None, access_token=None):
    """Authlib calls it when it exchanged the refresh token."""
    tokens.update(token)


oauth = OAuth(app)
product = oauth.register(
    "product",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid email offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_basic",
    },
    fetch_token=lambda: tokens,
    update_token=renewed,
)


@app.get("/sign-in")
def sign_in():
    return product.authorize_redirect(REDIRECT_URI, **request.args)


@app.get("/return")
def came_back():
    """Authlib checks the state and verifies the ID token, with its nonce and at_hash."""
    try:
        tokens.update(product.authorize_access_token())
    except OAuthError as refused:
        return {"error": refused.error}
    return tokens["userinfo"]


@app.get("/userinfo")
def userinfo():
    return product.userinfo()


@app.get("/id-token")
def id_token():
    """Verifies the newest one, which came with a refresh: no nonce was sent for it."""
    return product.parse_id_token(tokens, nonce=None)


@app.get("/sign-out")
def sign_out():
    return product.logout_redirect(SIGNED_OUT_URI, id_token_hint=tokens["id_token"])


@app.get("/signed-out")
def signed_out():
    """Authlib checks the state."""
    product.validate_logout_response()
    return {}


def journey(browser, jar):
    """What a resident does; `browser` carries the application's cookie, `jar` those of the product."""

    def by_way_of_the_product(address, comes_back_to):
        leaves = browser.get(address)
        assert leaves.status_code == 302, leaves.text
        environment = {**os.environ, "STOP": comes_back_to, "JAR": jar}
        command = ["node", "resident.mjs", leaves.location]
        end = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        assert end.startswith(comes_back_to), end
        back = browser.get(end.removeprefix(comes_back_to.rsplit("/", 1)[0]))
        assert back.status_code == 200, back.text
        return back.json

    claims = by_way_of_the_product("/sign-in", REDIRECT_URI)
    assert claims["iss"] == ISSUER and claims["at_hash"] and claims["nonce"], claims
    print("signed in")

    assert_same(browser.get("/userinfo").json, claims)
    before = dict(tokens)
    # As if ten minutes had passed; one second has to, since an access token of the same one would be the same.
    tokens["expires_at"] = 1
    time.sleep(1)
    assert_same(browser.get("/userinfo").json, claims)
    for name in ["access_token", "refresh_token", "id_token"]:
        assert tokens[name] != before[name], f"a new {name}"
    assert browser.get("/id-token").json["sub"] == claims["sub"]
    print("refreshed")

    again = by_way_of_the_product("/sign-in?prompt=none", REDIRECT_URI)
    assert again["sub"] == claims["sub"], again
    print("signed in again, without a page")

    by_way_of_the_product("/sign-out", SIGNED_OUT_URI)
    refused = by_way_of_the_product("/sign-in?prompt=none", REDIRECT_URI)
    assert refused == {"error": "login_required"}, refused
    print("signed out")


def assert_same(info, claims):
    wanted = {"sub": claims["sub"], "email": os.environ["EMAIL"], "email_verified": True}
    assert info == wanted, json.dumps(info)


if __name__ == "__main__":
    os.chdir(Path(__file__).parent)
    with tempfile.TemporaryDirectory() as folder:
        journey(app.test_client(), f"{folder}/jar.json")
