"""The interface that the tests need of a SOAP client that is generated from the server's WSDL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from vim25_emulator import Emulator


class LoggedIn(ABC):
    """A client that is logged in; `call` has a method per operation."""

    def __init__(self, vcenter: Emulator, client: Any) -> None:
        self.client, self.call = client, client.service
        self.content = self.call.RetrieveServiceContent(self.ref("ServiceInstance", "ServiceInstance"))
        self.call.Login(self.content.sessionManager, vcenter.username, vcenter.password)

    @abstractmethod
    def new(self, type_name: str, **named: Any) -> Any:
        """Create a value of a type of the API."""

    @abstractmethod
    def ref(self, type_name: str, mo_id: str) -> Any:
        """Create a reference to a managed object."""

    @abstractmethod
    def kind(self, ref: Any) -> str:
        """Return the type of a reference."""

    def at(self, path: str) -> Any:
        """Return the entity at an inventory path."""
        return self.call.FindByInventoryPath(self.content.searchIndex, path)

    def get(self, ref: Any, path: str) -> Any:
        """Return a property of an object."""
        properties = self.new("PropertySpec", type=self.kind(ref), pathSet=[path])
        spec = self.new(
            "PropertyFilterSpec", propSet=[properties], objectSet=[self.new("ObjectSpec", obj=ref)]
        )
        (content,) = self.call.RetrieveProperties(self.content.propertyCollector, [spec])
        return content.propSet[0].val

    def finished(self, task: Any) -> Any:
        """Wait for the end of a task and return its TaskInfo."""
        info = self.get(task, "info")
        while info.state in ("queued", "running"):
            info = self.get(task, "info")
        return info
