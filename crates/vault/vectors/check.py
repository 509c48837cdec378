"""Opens envelope-v1.hex with another implementation: pip install cryptography; python3 check.py"""
import os, struct, uuid
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

envelope = bytes.fromhex(open(os.path.join(os.path.dirname(__file__), "envelope-v1.hex")).read())
key_id = uuid.UUID("01900000-0000-7000-8000-0000000000aa").bytes
organization = uuid.UUID("01900000-0000-7000-8000-000000000001").bytes


def bound(label):
    fields = [label, organization, b"credential", b"01900000-0000-7000-8000-0000000000bb", struct.pack(">q", 3), b"secret"]
    return b"".join(struct.pack(">I", len(field)) + field for field in fields) + key_id


assert envelope[0] == 1 and envelope[1:17] == key_id
organization_key = bytes(range(32, 64))
data_key = AESGCM(organization_key).decrypt(envelope[17:29], envelope[29:77], bound(b"claviger/data-key/v1"))
content = AESGCM(data_key).decrypt(envelope[77:89], envelope[89:], bound(b"claviger/content/v1"))
assert data_key == bytes(range(100, 132)) and content == b"a synthetic secret"
print("envelope v1 opens")
