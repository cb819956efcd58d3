"""Django's processes are killed and stopped at random, together with their PostgreSQL: every order arrives once.

Environment: COUNTERSIGN_KILLS, how many kills (30)."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "django"))
pytest_plugins = ["django_fixtures"]


def test_killed_at_random_every_order_arrives_once(storms, capsys):
    for kills, process in storms:
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0 and err == "", out + err
        came = json.loads(out)
        held = ", ".join(f"{count} {reason}" for reason, count in came["held"].items()) or "0"
        with capsys.disabled():
            names = ("kills", "servers", "stops", "events", "again", "posts", "reads", "lost", "doubled")
            print(f"\n| outbox in PostgreSQL, Django | {' | '.join(str(came[name]) for name in names)} | {held} | {came['stuck']} | {came['seconds']} s")
        assert [came[name] for name in ("lost", "doubled", "stuck", "apart")] == [0, 0, 0, 0], came
        # Sent twice in vain, or three workers died over it: nothing else may need a person here.
        assert set(came["held"]) <= {"resends_spent", "crashed"} and sum(came["held"].values()) <= 5 + came["events"] / 10, came
        # Otherwise the storm was none.
        assert came["again"] > 0 and came["posts"] > came["events"] and came["stops"] > 0 and came["servers"] >= kills // 30, came
