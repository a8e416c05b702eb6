"""The roles in a case: the primary, the secondary, and their hosts and cluster.

Steps refer to roles, never to names; the objects were found in the inventory or created for the case.
"""

from __future__ import annotations

from typing import Any, Final

from pyVmomi import VmomiSupport, vim

from vim25_conformance.client import EndpointClient
from vim25_conformance.normalization import NONEXISTENT, PRIMARY, SECONDARY, Normalizer
from vim25_conformance.situation import Location, NoSuchSituationError
from vim25_conformance.survey import InventorySurvey, MachineRecord, property_of

#: The VM beside which one was created for the case.
MODEL: Final = "model"


class Roles:
    """The objects that have a role in one run of a case."""

    def __init__(
        self,
        client: EndpointClient,
        inventory: InventorySurvey,
        machine: MachineRecord | None,
        location: Location | None,
    ) -> None:
        self.client, self.content = client, client.content
        self.normalizer = Normalizer()
        self._inventory, self._machine, self._location = inventory, machine, location
        self._model: MachineRecord | None = None

    def name_roles(self) -> None:
        """Assign the roles by which an outcome names the objects, once they are known."""
        self.normalizer.assign("Folder", self.content.rootFolder._moId, "root")
        if self._machine is None:
            return
        own = self._machine.host
        if own is not None:
            self.normalizer.assign("HostSystem", own._moId, "own")
            self.normalizer.identify("own host", {"name": self._inventory.hosts.get(own, "")})
        for role, machine in ((PRIMARY, self._machine), (MODEL, self._model)):
            if machine is not None:
                self.normalizer.assign("VirtualMachine", machine.ref._moId, role)
                self.normalizer.identify(role, machine.identity)
        if self._machine.cluster:
            self.normalizer.assign("ClusterComputeResource", self._machine.cluster.ref._moId, "own")

    def adopt(self, machine: MachineRecord) -> None:
        """Make this VM the primary; the VM that was found is the model beside which it was created."""
        self._model = self._model or self._machine
        self._machine = machine

    @property
    def machine(self) -> MachineRecord:
        """Return what is known about the primary from before the steps."""
        if self._machine is None:
            raise NoSuchSituationError("this case needs a VM, and none was found")
        return self._machine

    @property
    def primary(self) -> Any:
        """Return the VM to be protected."""
        return self.machine.ref

    @property
    def model(self) -> Any:
        """Return the VM beside which the primary was created, not part of the pair; None without one."""
        return self._model.ref if self._model else None

    @property
    def secondary(self) -> Any:
        """Return the primary's secondary, None if it has none."""
        info = property_of(self.content, self.primary, "config.ftInfo")
        secondary = next(iter(getattr(info, "secondaries", ())), None)
        if secondary is not None:
            self.normalizer.assign("VirtualMachine", secondary._moId, SECONDARY)
        return secondary

    @property
    def service_instance(self) -> Any:
        """Return the root object, which requires no session."""
        return vim.ServiceInstance("ServiceInstance", self.client.stub)

    @property
    def cluster(self) -> Any:
        """Return the primary's cluster."""
        if self.machine.cluster is None:
            raise NoSuchSituationError("needs a VM in a cluster")
        return self.machine.cluster.ref

    @property
    def datacenter(self) -> Any:
        """Return the primary's datacenter."""
        entity = self.primary
        while entity is not None and not isinstance(entity, vim.Datacenter):
            entity = property_of(self.content, entity, "parent")
        return entity

    @property
    def own_host(self) -> Any:
        """Return the primary's host."""
        return self.machine.host

    @property
    def other_host(self) -> Any:
        """Return a host for the secondary: that of the lab file, or another one of the cluster."""
        named = self._location.host if self._location else None
        hosts = self._inventory.hosts
        candidates = self.machine.cluster.hosts if self.machine.cluster else ()
        suitable = (
            [host for host, name in hosts.items() if named in (name, host._moId)]
            if named
            else list(candidates)
        )
        for host in suitable:
            if host != self.own_host:
                self.normalizer.assign("HostSystem", host._moId, "named")
                self.normalizer.identify("named host", {"name": hosts.get(host, "")})
                return host
        raise NoSuchSituationError("needs a second host in the VM's cluster")

    @property
    def other_datastore(self) -> Any:
        """Return a datastore of the primary's host that has none of the primary's files."""
        mounted = property_of(self.content, self.own_host, "datastore") or []
        used = property_of(self.content, self.primary, "datastore") or []
        others = [datastore for datastore in mounted if datastore not in used]
        if not others:
            raise NoSuchSituationError("needs a second datastore on the VM's host")
        return others[0]

    def nonexistent(self, kind: Any, moid: str = "no-such-object") -> Any:
        """Return a reference of the type that resolves to nothing."""
        self.normalizer.assign(VmomiSupport.GetWsdlName(kind), moid, NONEXISTENT)
        return kind(moid, self.client.stub)
