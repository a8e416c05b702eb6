"""What a user of pyVmomi does, in words that each of its releases understands; prints what it met, as JSON.

It is run by itself, with one release of pyVmomi on its path: `pyvmomi_session.py HOST PORT USER PASSWORD`.
Nothing of this project is imported, nothing is asserted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pyVmomi
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import IsChildVersion

Collector = vmodl.query.PropertyCollector


def fault_of(call: Callable[..., Any], *arguments: Any) -> list[str] | None:
    """The name and text of the fault of a call, None if it has none."""
    try:
        call(*arguments)
    except vmodl.MethodFault as fault:
        return [type(fault).__name__, fault.msg]
    return None


def followed(content: Any, task: Any) -> Any:
    """The TaskInfo of a task that has ended, waited for with a property filter."""
    wanted = Collector.PropertySpec(type=vim.Task, pathSet=["info.state"], all=False)
    spec = Collector.FilterSpec(propSet=[wanted], objectSet=[Collector.ObjectSpec(obj=task)])
    watched = content.propertyCollector.CreateFilter(spec, True)
    known = ""
    states = []
    while not states or states[-1] not in ("success", "error"):
        update = content.propertyCollector.WaitForUpdates(known)
        known = update.version
        for changed in update.filterSet[0].objectSet:
            states += [str(change.val) for change in changed.changeSet if change.val is not None]
    watched.Destroy()
    return task.info


def ended(content: Any, task: Any) -> dict[str, Any]:
    """How a task ended: state, and the name and text of its fault."""
    info = followed(content, task)
    error = info.error and [type(info.error).__name__, info.error.msg]
    return {"description": info.descriptionId, "state": info.state, "error": error}


def named(content: Any, kind: Any) -> dict[str, Any]:
    """The objects of a type by their names, read at once."""
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    steps = Collector.TraversalSpec(name="all", type=vim.view.ContainerView, path="view", skip=False)
    objects = Collector.ObjectSpec(obj=view, skip=True, selectSet=[steps])
    wanted = Collector.PropertySpec(type=kind, pathSet=["name"], all=False)
    found = content.propertyCollector.RetrieveProperties(
        [Collector.FilterSpec(propSet=[wanted], objectSet=[objects])]
    )
    view.Destroy()
    return {each.propSet[0].val: each.obj for each in found}


def read(found: Any) -> tuple[int, list[str]]:
    """Read each property of an object by itself; return how many, and which failed.

    What is newer than the version that pyVmomi speaks with this server it refuses itself.
    """
    spoken = found._stub.version
    names = [prop.name for prop in found._GetPropertyList() if IsChildVersion(spoken, prop.version)]
    return len(names), [
        f"{type(found).__name__}.{name}: {error}"
        for name, error in ((name, fault_of(getattr, found, name)) for name in names)
        if error
    ]


def session(host: str, port: str, user: str, password: str) -> dict[str, Any]:
    """Log in, read everything, make web01 fault tolerant, meet some faults, log out."""
    service = SmartConnect(host=host, port=int(port), user=user, pwd=password)
    content = service.RetrieveContent()
    machines = named(content, vim.VirtualMachine)
    properties, failed = 0, []
    for found in list(named(content, vim.ManagedEntity).values()):
        count, failures = read(found)
        properties += count
        failed += failures
    met = {
        "pyvmomi": pyVmomi.__file__,
        "client": service._stub.versionId,
        "about": content.about.apiVersion,
        "machines": sorted(machines),
        "properties": properties,
        "failed": failed,
        "wrong_login": fault_of(lambda: SmartConnect(host=host, port=int(port), user=user, pwd="wrong")),
        "not_found": fault_of(lambda: vim.VirtualMachine("vm-0", service._stub).name),
        "template": ended(content, machines["tpl01"].CreateSecondaryVM_Task()),
    }
    task = machines["web01"].CreateSecondaryVM_Task()
    met["create"] = ended(content, task)
    met["secondary"] = task.info.result.vm.name
    met["state"] = machines["web01"].runtime.faultToleranceState
    met["again"] = ended(content, machines["web01"].CreateSecondaryVM_Task())
    met["events"] = [
        type(event).__name__
        for event in content.eventManager.QueryEvents(vim.event.EventFilterSpec())
        if "Secondary" in type(event).__name__
    ]
    Disconnect(service)
    met["after"] = fault_of(lambda: machines["web01"].name)
    return met


if __name__ == "__main__":
    sys.stdout.write(json.dumps(session(*sys.argv[1:])))
