"""The parts in a case: who is the primary, which hosts and which cluster it has to do with.

Steps speak of parts and never of names; what plays them was found in the inventory, or was made for the case.
"""

from __future__ import annotations

from typing import Any, Final

from pyVmomi import VmomiSupport, vim

from vim25_conformance.client import Client
from vim25_conformance.inventory import Inventory, Machine, property_of
from vim25_conformance.naming import NOWHERE, PRIMARY, SECONDARY, Naming
from vim25_conformance.situation import NoSuchSituationError, Place

MODEL: Final = "model"
"""The machine beside which one was made for the case."""


class Parts:
    """Who plays which part in one run of a case."""

    def __init__(
        self, client: Client, inventory: Inventory, machine: Machine | None, place: Place | None
    ) -> None:
        self.client, self.content = client, client.content
        self.naming = Naming()
        self._inventory, self._machine, self._place = inventory, machine, place
        self._model: Machine | None = None

    def name_the_parts(self) -> None:
        """Give the names under which an outcome knows the objects, when it is settled who is who."""
        self.naming.part("Folder", self.content.rootFolder._moId, "root")
        if self._machine is None:
            return
        own = self._machine.host
        if own is not None:
            self.naming.part("HostSystem", own._moId, "own")
            self.naming.identity("own host", {"name": self._inventory.hosts.get(own, "")})
        for role, machine in ((PRIMARY, self._machine), (MODEL, self._model)):
            if machine is not None:
                self.naming.part("VirtualMachine", machine.ref._moId, role)
                self.naming.identity(role, machine.identity)
        if self._machine.cluster:
            self.naming.part("ClusterComputeResource", self._machine.cluster.ref._moId, "own")

    def adopt(self, machine: Machine) -> None:
        """From now on this is the primary; what was found is the model beside which it was made."""
        self._model = self._model or self._machine
        self._machine = machine

    @property
    def machine(self) -> Machine:
        """What is known about the primary from before the steps."""
        if self._machine is None:
            raise NoSuchSituationError("this case works on a machine, and none was found")
        return self._machine

    @property
    def primary(self) -> Any:
        """The machine to be protected."""
        return self.machine.ref

    @property
    def model(self) -> Any:
        """The machine beside which the primary was made, which has nothing to do with it; else None."""
        return self._model.ref if self._model else None

    @property
    def secondary(self) -> Any:
        """The primary's secondary, when it has one; else None."""
        info = property_of(self.content, self.primary, "config.ftInfo")
        found = next(iter(getattr(info, "secondaries", ())), None)
        if found is not None:
            self.naming.part("VirtualMachine", found._moId, SECONDARY)
        return found

    @property
    def service_instance(self) -> Any:
        """The root of everything, which needs no session."""
        return vim.ServiceInstance("ServiceInstance", self.client.stub)

    @property
    def cluster(self) -> Any:
        """The primary's cluster."""
        if self.machine.cluster is None:
            raise NoSuchSituationError("needs a machine in a cluster")
        return self.machine.cluster.ref

    @property
    def own_host(self) -> Any:
        """The host that the primary is on."""
        return self.machine.host

    @property
    def other_host(self) -> Any:
        """A host for the secondary: the one that the lab names, or another one of the primary's cluster."""
        named = self._place.host if self._place else None
        hosts = self._inventory.hosts
        candidates = self.machine.cluster.hosts if self.machine.cluster else ()
        fitting = [host for host, name in hosts.items() if name == named] if named else list(candidates)
        for host in fitting:
            if host != self.own_host:
                self.naming.part("HostSystem", host._moId, "named")
                self.naming.identity("named host", {"name": hosts.get(host, "")})
                return host
        raise NoSuchSituationError("needs a second host in the machine's cluster")

    def nowhere(self, kind: Any, moid: str = "no-such-object") -> Any:
        """A reference of the type that resolves to nothing."""
        self.naming.part(VmomiSupport.GetWsdlName(kind), moid, NOWHERE)
        return kind(moid, self.client.stub)
