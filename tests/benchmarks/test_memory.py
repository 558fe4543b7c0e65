"""The benchmark visits as it says, and counts what visitors add."""

from benchmarks.memory import VISITORS, walk


class Server:
    """Takes 1000 MB, 30 a visitor, and 7 more until it has settled."""

    def __init__(self):
        self.here, self.verbs, self.unsettled = set(), [], 0

    def ask(self, verb, **fields):
        self.verbs.append(verb)
        self.unsettled = 7
        if verb == "arrive":
            key = f"visitor {len(self.verbs)}"
            self.here.add(key)
            return {"key": key}
        assert fields["key"] in self.here
        if verb == "leave":
            self.here.remove(fields["key"])
        return {"job": {"state": "done"}} if verb == "progress" else {}

    def resident(self):
        return 1000 + 30 * len(self.here) + self.unsettled

    def settle(self):
        self.unsettled = 0


def test_what_a_visitor_adds_and_what_stays_when_all_have_left():
    server = Server()
    found = walk(server.ask, server.resident, server.settle, moves=20)
    memory = found["memory_mb"]
    assert memory["first_edit"] == {"at_once": 1037, "settled": 1030}
    assert found["further_visitor_mb"] == 30.0 and memory["left"]["settled"] == memory["load"]["settled"] == 1000
    assert server.verbs.count("draw") == 20 + 2 + 2 * (1 + VISITORS) and server.verbs.count("improve") == 2
    assert not server.here
