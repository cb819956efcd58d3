"""Does what a container engine does when it starts a container, in namespaces that `unshare` has made: python3 contained.py SPEC

SPEC is JSON: root, user, args, env, and mounts, folders of the host by their places in the container. The root cannot be written to."""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys

spec = json.loads(sys.argv[1])


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


# Loopback, which a new network namespace has switched off: SIOCSIFFLAGS, IFF_UP | IFF_RUNNING.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
mount("--bind", spec["root"], spec["root"])
for place, folder in spec["mounts"].items():
    os.makedirs(spec["root"] + place, exist_ok=True)
    mount("--bind", folder, spec["root"] + place)
mount("-o", "remount,bind,ro", spec["root"])
os.chroot(spec["root"])
os.chdir("/")
user, _, group = spec["user"].partition(":")
os.setgroups([])
os.setgid(int(group))
os.setuid(int(user))
os.execve(spec["args"][0], spec["args"], dict(pair.split("=", 1) for pair in spec["env"]))
