"""Types a page of docs/ into one shell, word for word. Each block of `sh` is typed; what stands before a block as `NAME`: is its file; a `text` behind
`sh` is what that prints, where … stands for anything; a `text` that begins with $ has both."""

import re
import subprocess

from place import ROOT, TOOLS

FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.M | re.S)


def blocks(text):
    """Language, the last line of text before it ("" right behind another block), and what stands in it, of each fenced block."""
    end = 0
    for found in FENCED.finditer(text):
        said = [line for line in text[end : found.start()].splitlines() if line.strip()]
        indent, language, inside = found.groups()
        yield language, said[-1] if said else "", re.sub(rf"^{indent}", "", inside, flags=re.M)
        end = found.end()


def read(text):
    """What a page types and is to print, pair by pair, and its files."""
    typed, files = [], {}
    for language, said, inside in blocks(text):
        named = re.search(r"`([\w./]+)`:$", said)
        if language == "sh":
            typed.append([inside, None])
        elif language == "text" and inside.startswith("$ "):
            command, _, prints = inside[2:].partition("\n")
            typed.append([f"{command}\n", prints])
        elif language == "text":
            assert said == "", f"a text behind no command, that begins with no $:\n{inside}"
            typed[-1][1] = inside
        else:
            assert named, f"nobody runs this:\n{inside}"
            files[named[1]] = inside
    return typed, files


def walk(place, page, *installations, within=(), then="", swap=("", ""), **env):
    """Types the installations, which begin in the repository, and then the page, or a part of it by its heading, in the project. `within` is what
    starts the shell; `then` is typed last, and what it prints comes back; of `swap`, the first text of the page stands for the second."""
    file, _, heading = page.partition("#")
    text = (ROOT / file).read_text("utf-8")
    if heading:
        text = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    typed, files = read(text.replace(*swap) if swap[0] else text)
    for name, inside in files.items():
        (place.shop / name).parent.mkdir(parents=True, exist_ok=True)
        (place.shop / name).write_text(inside)
    script = "set -euo pipefail\n" + "".join(f"cd {place.folder}/countersign\n{block}" for block in installations) + f"cd {place.shop}\necho '<<here>>'\n"
    for block, _ in typed:
        # The shell that a sandbox starts ends at a failure, too.
        script += re.sub(r"-- bash$", "\\g<0>\nset -eu", block, flags=re.M) + "echo '<<here>>'\n"
    done = subprocess.run(
        [*within, "bash"], cwd=place.folder, env={**TOOLS, **place.env, **env}, input=script + then, timeout=300,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    before, *parts = done.stdout.split("<<here>>\n")
    assert len(parts) == len(typed) + 1, f"{page} stopped with {done.returncode}:\n{done.stdout[-4000:]}"
    for (block, prints), said in zip(typed, parts, strict=False):
        if prints is not None:
            # A last line of … may be none.
            due = ".*?".join(map(re.escape, re.sub(r"\n…$", "…", prints.strip()).split("…")))
            assert re.fullmatch(due, said.strip(), re.S), f"{page}:\n{block}should print\n{prints}but prints\n{said}"
    assert done.returncode == 0, done.stdout[-4000:]
    return before, parts[-1]
