"""A session of a pyVmomi user that works with every release of pyVmomi; prints its results as JSON.

It runs as a script, with one release of pyVmomi on its path: `pyvmomi_session.py HOST PORT USER PASSWORD`.
It imports nothing of this project and asserts nothing.
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
    """Return the name and text of a call's fault, None if the call succeeds."""
    try:
        call(*arguments)
    except vmodl.MethodFault as fault:
        return [type(fault).__name__, fault.msg]
    return None


def followed(content: Any, task: Any) -> Any:
    """Wait for the end of a task with a property filter, and return its TaskInfo."""
    properties = Collector.PropertySpec(type=vim.Task, pathSet=["info.state"], all=False)
    spec = Collector.FilterSpec(propSet=[properties], objectSet=[Collector.ObjectSpec(obj=task)])
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
    """Return the state of an ended task, and the name and text of its fault."""
    info = followed(content, task)
    error = info.error and [type(info.error).__name__, info.error.msg]
    return {"description": info.descriptionId, "state": info.state, "error": error}


def named(content: Any, kind: Any) -> dict[str, Any]:
    """Return the objects of a type by name, read with one call."""
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    steps = Collector.TraversalSpec(name="all", type=vim.view.ContainerView, path="view", skip=False)
    objects = Collector.ObjectSpec(obj=view, skip=True, selectSet=[steps])
    properties = Collector.PropertySpec(type=kind, pathSet=["name"], all=False)
    contents = content.propertyCollector.RetrieveProperties(
        [Collector.FilterSpec(propSet=[properties], objectSet=[objects])]
    )
    view.Destroy()
    return {result.propSet[0].val: result.obj for result in contents}


def read(managed: Any) -> tuple[int, list[str]]:
    """Read every property of an object separately; return their number, and the failures.

    Properties newer than the version of pyVmomi's connection are left out, since pyVmomi itself rejects them.
    """
    spoken = managed._stub.version
    names = [prop.name for prop in managed._GetPropertyList() if IsChildVersion(spoken, prop.version)]
    return len(names), [
        f"{type(managed).__name__}.{name}: {error}"
        for name, error in ((name, fault_of(getattr, managed, name)) for name in names)
        if error
    ]


def session(host: str, port: str, user: str, password: str) -> dict[str, Any]:
    """Log in, read everything, protect web01, cause some faults, log out; return the results."""
    service = SmartConnect(host=host, port=int(port), user=user, pwd=password)
    content = service.RetrieveContent()
    machines = named(content, vim.VirtualMachine)
    properties, failed = 0, []
    for entity in list(named(content, vim.ManagedEntity).values()):
        count, failures = read(entity)
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
