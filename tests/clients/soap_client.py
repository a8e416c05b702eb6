"""What the tests ask of any SOAP client that made itself from the WSDL of the server."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from vim25_emulator import Emulator


class LoggedIn(ABC):
    """A client that is logged in; `call` has a method for each operation."""

    def __init__(self, vcenter: Emulator, client: Any) -> None:
        self.client, self.call = client, client.service
        self.content = self.call.RetrieveServiceContent(self.ref("ServiceInstance", "ServiceInstance"))
        self.call.Login(self.content.sessionManager, vcenter.username, vcenter.password)

    @abstractmethod
    def new(self, type_name: str, **named: Any) -> Any:
        """A value of a type of the API."""

    @abstractmethod
    def ref(self, type_name: str, mo_id: str) -> Any:
        """A reference to a managed object."""

    @abstractmethod
    def kind(self, ref: Any) -> str:
        """The type that a reference names."""

    def at(self, path: str) -> Any:
        """The entity at an inventory path."""
        return self.call.FindByInventoryPath(self.content.searchIndex, path)

    def get(self, ref: Any, path: str) -> Any:
        """A property of an object."""
        properties = self.new("PropertySpec", type=self.kind(ref), pathSet=[path])
        spec = self.new(
            "PropertyFilterSpec", propSet=[properties], objectSet=[self.new("ObjectSpec", obj=ref)]
        )
        (found,) = self.call.RetrieveProperties(self.content.propertyCollector, [spec])
        return found.propSet[0].val

    def finished(self, task: Any) -> Any:
        """The TaskInfo of a task that has come to its end."""
        info = self.get(task, "info")
        while info.state in ("queued", "running"):
            info = self.get(task, "info")
        return info
