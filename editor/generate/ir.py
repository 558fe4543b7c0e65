"""Read parameters out of an OpenVINO IR file (an XML graph and a flat file of constants).

The export folded some parameters into constants without a name (demodulated pointwise weights, noise maps, scales); those
are found by where they enter the graph, so nothing here depends on the order or the numbers of the nodes.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from editor.errors import WeightsError


@dataclass(frozen=True)
class Node:
    """One operation of the graph; `inputs` and `users` are node ids in port order."""

    id: str
    name: str
    kind: str
    inputs: tuple[str, ...]
    users: tuple[str, ...]


class Graph:
    """The operations of an IR file and its float constants."""

    def __init__(self, xml: Path):
        """Parse `xml`; the constants are read from the `.bin` file beside it.

        Raises:
            WeightsError: a file is missing or is not an IR file.
        """
        try:
            root = ElementTree.parse(xml).getroot()
            self._constants = np.fromfile(xml.with_suffix(".bin"), dtype=np.uint8)
        except (OSError, ElementTree.ParseError) as error:
            raise WeightsError(f"{xml.name} cannot be read as a network: {error}. Fetch the weights again.") from error
        inputs: dict[str, list[tuple[int, str]]] = {}
        users: dict[str, list[str]] = {}
        for edge in root.iter("edge"):
            source, target = edge.attrib["from-layer"], edge.attrib["to-layer"]
            inputs.setdefault(target, []).append((int(edge.attrib["to-port"]), source))
            users.setdefault(source, []).append(target)
        self._data = {layer.attrib["id"]: layer.find("data") for layer in root.iter("layer")}
        self.nodes = {
            layer.attrib["id"]: Node(
                id=layer.attrib["id"],
                name=layer.attrib["name"],
                kind=layer.attrib["type"],
                inputs=tuple(source for _, source in sorted(inputs.get(layer.attrib["id"], []))),
                users=tuple(users.get(layer.attrib["id"], [])),
            )
            for layer in root.iter("layer")
        }

    def constant(self, node: Node) -> torch.Tensor:
        """The value of a float constant, float32 in its stored shape.

        Raises:
            ValueError: the node is something else.
            WeightsError: the file of constants ends too early.
        """
        data = self._data[node.id]
        if node.kind != "Const" or data is None or data.attrib["element_type"] != "f32":
            raise ValueError(f"{node.name} is not a float constant")
        begin, size = int(data.attrib["offset"]), int(data.attrib["size"])
        if begin + size > self._constants.size:
            raise WeightsError("The network's constants are truncated. Fetch the weights again.")
        shape = [int(n) for n in data.attrib["shape"].split(",")] if data.attrib["shape"] else []
        values = self._constants[begin : begin + size].view(np.float32).reshape(shape)
        return torch.from_numpy(values.copy())

    def named(self, prefix: str) -> Iterator[tuple[str, Node]]:
        """Float constants that kept their PyTorch parameter name, with `prefix` taken off."""
        for node in self.nodes.values():
            if node.kind == "Const" and node.name.startswith(prefix):
                yield node.name.removeprefix(prefix), node

    def of_kind(self, *kinds: str) -> list[Node]:
        """Operations of these kinds, in the file's (topological) order."""
        return [node for node in self.nodes.values() if node.kind in kinds]

    def only_user(self, node: Node) -> Node:
        """The single operation that consumes `node`.

        Raises:
            ValueError: there are several, or none.
        """
        (user,) = node.users
        return self.nodes[user]

    def constant_input(self, node: Node) -> Node:
        """The single constant among the inputs of `node`.

        Raises:
            ValueError: there are several, or none.
        """
        (constant,) = (self.nodes[i] for i in node.inputs if self.nodes[i].kind == "Const")
        return constant
