"""What the command line says of servers whose certificate it does not trust."""

import datetime as dt
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ANSWER = b'{"token": "a.e30.c", "items": []}'
SIGN_IN = ("--username", "admin", "--password", "pw")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that nobody vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "argosy")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2126, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    public = folder / "ca.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    both = folder / "server.pem"
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + public.read_bytes()
    )
    return public, both


@pytest.fixture
def server(certificate):
    """A server that answers everything over TLS; its address."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        do_GET = do_POST = handle_any  # noqa: N815

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_):
            """A client that does not trust us hangs up; that is what is tested."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1])
    listening = Server(("127.0.0.1", 0), Handler)
    listening.socket = context.wrap_socket(listening.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()
    thread.join()


def test_a_certificate_that_is_not_trusted_says_what_to_do(run, server):
    done = run("login", server, *SIGN_IN)
    assert done.code == 20
    assert done.err.startswith(f"error: the certificate of https://{server} is not trusted: self")
    assert "--server-crt FILE" in done.err
    assert "--insecure" in done.err


def test_the_authority_that_was_named_is_remembered(run, server, certificate):
    assert run("login", server, *SIGN_IN, "--server-crt", str(certificate[0])).code == 0
    assert run("proj", "list").code == 0


def test_unseen_trust_is_remembered(run, server):
    assert run("login", server, *SIGN_IN, "--insecure").code == 0
    assert run("proj", "list").code == 0


def test_an_authority_that_is_none_is_refused(run, server, tmp_path):
    none = tmp_path / "none.pem"
    none.write_text("not PEM")
    assert "is not PEM" in run("login", server, *SIGN_IN, "--server-crt", str(none)).err
    assert "--server-crt /no/such cannot be read" in run("login", server, *SIGN_IN, "--server-crt", "/no/such").err


def test_tls_is_missed_where_there_is_none(argosy, run, api):
    done = run("proj", "list", "--server", api.address)
    assert done.code == 20
    assert f"https://{api.address} does not speak TLS" in done.err
    assert "--plaintext" in done.err
