"""Prints the command as it stands in the wheel: python3 bare.py WHEEL > countersign"""

import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as wheel:
    (name,) = (name for name in wheel.namelist() if name.endswith((".data/scripts/countersign", ".data/scripts/countersign.exe")))
    sys.stdout.buffer.write(wheel.read(name))
