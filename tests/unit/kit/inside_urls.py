"""Addresses by which one might be talked into calling inside: spellings, tunnels, names, tricks."""

from __future__ import annotations

from typing import Final

# Loopback, by all the ways in which an address can be written.
SPELLINGS: Final = (
    "https://127.0.0.1/", "https://127.0.0.2/", "https://127.255.255.254/", "https://127.1/",
    "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/",
    "https://0x7f.0x0.0x0.0x1/", "https://017700000001/", "https://0177.0.0.1/",
    "https://0177.0.0.01/", "https://00000177.0.0.1/", "https://127.0.0.1./", "https://0/",
    "https://0.0.0.0/", "https://0x0/", "https://0.0.0.1/", "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/", "https://１２７.0.0.1/", "https://127.0.0.1%00.example.com/",
    "https://user:word@127.0.0.1/", "https://example.com@127.0.0.1/",
    "https://127.0.0.1#@example.com/", "https://127.0.0.1?@example.com/",
    "https://127.0.0.1\\@example.com/", "https://127.0.0.1:443/", "https:///127.0.0.1/",
    "https://[127.0.0.1]/", "https://4294967297/", "https://127.0.0.1%2f@example.com/",
)  # fmt: skip
PRIVATE: Final = (
    "https://10.0.0.1/", "https://10.255.255.255/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.0.1/", "https://0xc0a80001/",
    "https://3232235521/", "https://0300.0250.0.1/", "https://100.64.0.1/",
    "https://100.127.255.255/", "https://198.18.0.1/", "https://198.19.255.255/",
    "https://192.0.0.1/", "https://192.0.2.1/", "https://198.51.100.1/", "https://203.0.113.1/",
    "https://192.88.99.1/", "https://224.0.0.1/", "https://239.255.255.255/",
    "https://240.0.0.1/", "https://255.255.255.255/",
)  # fmt: skip
METADATA: Final = (
    "https://169.254.169.254/latest/meta-data/", "https://169.254.170.2/v2/credentials",
    "https://169.254.169.123/", "https://0xa9fea9fe/", "https://2852039166/",
    "https://0251.0376.0251.0376/", "https://0251.254.0xa9.254/", "https://169.254.43518/",
    "https://[::ffff:169.254.169.254]/", "https://[::ffff:a9fe:a9fe]/",
    "https://[fd00:ec2::254]/latest/", "https://100.100.100.200/latest/meta-data/",
    "https://192.0.0.192/opc/v1/", "https://168.63.129.16/machine/", "https://0xa83f8110/",
)  # fmt: skip
V6: Final = (
    "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::0001]/", "https://[::]/",
    "https://[::127.0.0.1]/", "https://[::7f00:1]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:7f00:1]/", "https://[::ffff:0:7f00:1]/",
    "https://[::ffff:0:127.0.0.1]/", "https://[fe80::1]/", "https://[fe80::1%25lo]/",
    "https://[febf::1]/", "https://[fec0::1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/",
    "https://[ff02::1]/", "https://[ff0e::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/",
    "https://[100::1]/", "https://[5f00::1]/", "https://[4000::1]/", "https://[::ffff:10.0.0.1]/",
)  # fmt: skip
# Addresses of the old kind, carried within the new: NAT64, 6to4, Teredo.
TUNNELS: Final = (
    "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b::10.0.0.1]/", "https://[64:ff9b:1::1]/",
    "https://[64:ff9b:1:7f00:1::]/", "https://[2002:7f00:1::]/", "https://[2002:7f00:1::1]/",
    "https://[2002:a9fe:a9fe::1]/", "https://[2002:c0a8:1::1]/",
    "https://[2001:0:7f00:1:0:0:0:1]/", "https://[2001::7f00:1]/", "https://[2001:10::1]/",
)  # fmt: skip
# What they lead to is said by the resolver of the test.
NAMES: Final = {
    "https://localhost/": ("127.0.0.1",),
    "https://LOCALHOST/": ("127.0.0.1",),
    "https://localhost./": ("127.0.0.1",),
    "https://anything.localhost/": ("127.0.0.1",),
    "https://localtest.example/": ("127.0.0.1",),
    "https://127.0.0.1.nip.example/": ("127.0.0.1",),
    "https://metadata.google.internal/": ("169.254.169.254",),
    "https://instance-data/": ("169.254.169.254",),
    "https://database.internal/": ("10.1.2.3",),
    "https://printer.local/": ("192.168.1.9",),
    "https://six.example/": ("::1",),
    "https://mapped.example/": ("::ffff:10.0.0.1",),
    "https://nat64.example/": ("64:ff9b::7f00:1",),
    "https://6to4.example/": ("2002:7f00:1::",),
    "https://scoped.example/": ("fe80::1%lo",),
    "https://one-of-two.example/": ("93.184.215.14", "127.0.0.1"),
    "https://two-kinds.example/": ("93.184.215.14", "::1"),
    "https://last-of-many.example/": ("93.184.215.14", "2606:4700::1111", "10.0.0.1"),
}
# Not https, not the usual port, or no address of a machine at all.
SCHEMES: Final = (
    "http://example.com/", "http://93.184.215.14/", "https://example.com:22/",
    "https://example.com:8443/", "https://example.com:6379/", "file:///etc/passwd",
    "ftp://example.com/", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stats",
    "data:text/plain,hello", "//127.0.0.1/", "https://", "https:127.0.0.1", "javascript:alert(1)",
)  # fmt: skip
LITERAL: Final = (*SPELLINGS, *PRIVATE, *METADATA, *V6, *TUNNELS)
ALL: Final = (*LITERAL, *NAMES, *SCHEMES)
