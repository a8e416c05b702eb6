"""The property collector, by which clients read everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyVmomi import VmomiSupport, vim, vmodl

from vim25_conformance.case import case
from vim25_conformance.expectation import derived, documented, observed
from vim25_conformance.matcher import Absent, Is, Present, data, fault
from vim25_conformance.normalization import NONEXISTENT
from vim25_conformance.outcome import Ref
from vim25_conformance.survey import view_of, view_spec

if TYPE_CHECKING:
    from vim25_conformance.driver import Driver

PC: Final = vmodl.query.PropertyCollector
FAULT_TOLERANCE: Final = [
    "runtime.faultToleranceState",
    "config.ftInfo",
    "summary.quickStats.ftLogBandwidth",
    "summary.quickStats.ftSecondaryLatency",
    "summary.quickStats.ftLatencyStatus",
]
DESTROYED: Final = fault("ManagedObjectNotFound", obj=Is(Ref("PropertyCollector", "")))


def _of(target: Any, *paths: str) -> Any:
    return PC.FilterSpec(
        objectSet=[PC.ObjectSpec(obj=target)],
        propSet=[PC.PropertySpec(type=type(target), pathSet=list(paths))],
    )


def _retrieve(drive: Driver, name: str, specs: list[Any], **options: Any) -> Any:
    collector = drive.content.propertyCollector
    return drive.call(
        name, collector, "RetrievePropertiesEx", specs, PC.RetrieveOptions(**options), brief=True
    )


@case(
    "PC.001",
    "unset properties are left out, set ones are typed",
    ["pc.unset"],
    documented("read.reply.value", data("RetrieveResult", token=Absent())),
    documented("facts.name set", Is(True)),
    documented("facts.ftInfo set", Is(False)),
    documented("facts.missing", Is(False)),
    needs="powered-off",
    since="4.1",
)
def _unset(drive: Driver) -> None:
    result = _retrieve(drive, "read", [_of(drive.primary, "name", "config.ftInfo")])
    for each in result.objects if result else ():
        names = {entry.name for entry in each.propSet}
        drive.note("name set", "name" in names)
        drive.note("ftInfo set", "config.ftInfo" in names)
        drive.note("missing", bool(each.missingSet))


@case(
    "PC.002",
    "Fetch of one unset property returns nothing",
    ["pc.unset"],
    observed("read.reply.kind", Is("returned")),
    observed("read.reply.value", Absent()),
    needs="powered-off",
)
def _fetch_unset(drive: Driver) -> None:
    drive.read("read", drive.primary, "snapshot")


@case(
    "PC.003",
    "a property that the type does not have is an InvalidProperty that names it",
    ["pc.invalid-property"],
    documented("read.failure", fault("InvalidProperty", name=Is("noSuchProperty"))),
    observed("read.wire.status", Is(500)),
    observed("read.soap.detail", Is("InvalidPropertyFault")),
    since="4.1",
)
def _invalid_property(drive: Driver) -> None:
    _retrieve(drive, "read", [_of(drive.content.rootFolder, "noSuchProperty")])


@case(
    "PC.004",
    "properties of an object that does not exist",
    ["pc.object-not-found"],
    documented("read.failure", fault("ManagedObjectNotFound", obj=Is(Ref("VirtualMachine", NONEXISTENT)))),
    observed("read.wire.status", Is(500)),
    since="4.1",
)
def _gone(drive: Driver) -> None:
    _retrieve(drive, "read", [_of(drive.nonexistent(vim.VirtualMachine), "name")])


@case(
    "PC.005",
    "one object per page: a token in each page but the last",
    ["pc.paging"],
    documented("first.reply.value", data("RetrieveResult", token=Present())),
    documented("facts.objects on the first page", Is(1)),
    documented("facts.the pages make the whole", Is(True)),
    documented("facts.the last page has a token", Is(False)),
    since="4.1",
)
def _paging(drive: Driver) -> None:
    kinds = {vim.HostSystem: ["name"], vim.Folder: ["name"]}
    with view_of(drive.content, drive.content.rootFolder, list(kinds)) as view:
        whole = set(view.view)
        page = first = _retrieve(drive, "first", [view_spec(view, kinds)], maxObjects=1)
        found: list[Any] = []
        while page and page.token and len(found) < len(whole):
            found += [each.obj for each in page.objects]
            page = drive.content.propertyCollector.ContinueRetrievePropertiesEx(page.token)
        found += [each.obj for each in page.objects] if page else []
        drive.note("objects on the first page", len(first.objects) if first else 0)
        drive.note("the pages make the whole", set(found) == whole)
        drive.note("the last page has a token", bool(page and page.token))


def _collector(drive: Driver) -> Any:
    collector = drive.call("collector", drive.content.propertyCollector, "CreatePropertyCollector")
    if collector is not None:
        drive.call("filter", collector, "CreateFilter", _of(drive.content.rootFolder, "name"), False)
    return collector


@case(
    "PC.006",
    "the first update has everything, the next without a wait is empty",
    ["pc.updates"],
    documented("first.reply.value", data("UpdateSet", filterSet=Present(), version=Present())),
    documented("second.reply.kind", Is("returned")),
    documented("second.reply.value", Absent()),
    documented("facts.kind", Is("enter")),
    since="4.1",
)
def _updates(drive: Driver) -> None:
    collector = _collector(drive)
    first = drive.call("first", collector, "WaitForUpdatesEx", "", PC.WaitOptions(maxWaitSeconds=0))
    if first is not None:
        drive.note("kind", str(first.filterSet[0].objectSet[0].kind))
        drive.call("second", collector, "WaitForUpdatesEx", first.version, PC.WaitOptions(maxWaitSeconds=0))
    drive.call("destroy", collector, "DestroyPropertyCollector")


@case(
    "PC.007",
    "a version that was never issued is an InvalidCollectorVersion",
    ["pc.version"],
    documented("wait.failure", fault("InvalidCollectorVersion")),
    since="4.1",
)
def _wrong_version(drive: Driver) -> None:
    collector = _collector(drive)
    options = PC.WaitOptions(maxWaitSeconds=0)
    drive.call("wait", collector, "WaitForUpdatesEx", "no-such-version", options)
    drive.call("destroy", collector, "DestroyPropertyCollector")


@case(
    "PC.008",
    "a destroyed collector does not exist",
    ["pc.destroy"],
    documented("destroy.reply.kind", Is("returned")),
    documented("again.failure", fault("ManagedObjectNotFound")),
    derived("again.failure", DESTROYED),
    since="4.1",
)
def _destroyed(drive: Driver) -> None:
    collector = _collector(drive)
    drive.call("destroy", collector, "DestroyPropertyCollector")
    drive.call("again", collector, "DestroyPropertyCollector")


@case(
    "PC.009",
    "a container view contains every VM, and one call reads their properties",
    ["pc.unset"],
    documented("facts.as many as in the view", Is(True)),
    documented("facts.all have a name", Is(True)),
    since="4.1",
)
def _container_view(drive: Driver) -> None:
    with view_of(drive.content, drive.content.rootFolder, [vim.VirtualMachine]) as view:
        members = drive.read("members", view, "view", brief=True) or []
        result = _retrieve(
            drive, "read", [view_spec(view, {vim.VirtualMachine: ["name", "runtime.powerState"]})]
        )
        objects = result.objects if result else []
        drive.note("as many as in the view", bool(objects) and {each.obj for each in objects} == set(members))
        drive.note("all have a name", all(any(p.name == "name" for p in each.propSet) for each in objects))


@case(
    "PC.010",
    "the Fault Tolerance properties of an unprotected VM",
    ["pair.state"],
    documented("objects.primary.runtime.faultToleranceState", Is("notConfigured")),
    observed("objects.primary.summary.quickStats.ftLogBandwidth", Is(-1)),
    observed("objects.primary.summary.quickStats.ftSecondaryLatency", Is(-1)),
    observed("objects.primary.summary.quickStats.ftLatencyStatus", Is("gray")),
    observed("objects.primary.config.ftInfo", Absent()),
    needs="powered-off",
)
def _unprotected(drive: Driver) -> None:
    drive.inspect("primary", drive.primary, FAULT_TOLERANCE)


@case(
    "PC.011",
    "one object per update: truncated but for the last",
    ["pc.truncated"],
    documented("first.reply.value", data("UpdateSet", truncated=Is(True))),
    documented("facts.objects in the first part", Is(1)),
    documented("facts.the parts make the whole", Is(True)),
    documented("facts.the last part is truncated", Is(False)),
    since="4.1",
)
def _truncated(drive: Driver) -> None:
    kinds = {vim.HostSystem: ["name"], vim.Folder: ["name"]}
    with view_of(drive.content, drive.content.rootFolder, list(kinds)) as view:
        everything = set(view.view)
        collector = drive.call("collector", drive.content.propertyCollector, "CreatePropertyCollector")
        drive.call("filter", collector, "CreateFilter", view_spec(view, kinds), False)
        one = PC.WaitOptions(maxObjectUpdates=1, maxWaitSeconds=0)
        part = drive.call("first", collector, "WaitForUpdatesEx", "", one)
        drive.note("objects in the first part", len(_updated(part)))
        found = _updated(part)
        while part and part.truncated and len(found) <= len(everything):
            part = collector.WaitForUpdatesEx(part.version, one)
            found += _updated(part)
        drive.note("the parts make the whole", set(found) == everything)
        drive.note("the last part is truncated", bool(part and part.truncated))


def _updated(part: Any) -> list[Any]:
    return [each.obj for filtered in (part.filterSet if part else ()) for each in filtered.objectSet]


@case(
    "PC.012",
    "without a session a retrieval succeeds and lists what may not be read",
    ["pc.missing", "session.not-authenticated"],
    observed("read.reply.kind", Is("returned")),
    observed("facts.values", Is(0)),
    observed("facts.missing", Is("NotAuthenticated")),
    since="4.1",
)
def _anonymous(drive: Driver) -> None:
    drive.call("logout", drive.content.sessionManager, "Logout")
    result = _retrieve(drive, "read", [_of(drive.content.rootFolder, "name")])
    for each in result.objects if result else ():
        drive.note("values", len(each.propSet))
        faults = {VmomiSupport.GetWsdlName(type(missing.fault)) for missing in each.missingSet}
        drive.note("missing", " ".join(sorted(faults)))


@case(
    "PC.013",
    "creating a filter on a property that the type does not have fails",
    ["pc.invalid-property"],
    documented("filter.failure", fault("InvalidProperty", name=Is("noSuchProperty"))),
)
def _invalid_filter(drive: Driver) -> None:
    spec = _of(drive.content.rootFolder, "noSuchProperty")
    drive.call("filter", drive.content.propertyCollector, "CreateFilter", spec, False)


@case(
    "PC.014",
    "a canceled retrieval cannot be continued",
    ["pc.cancel", "pc.paging"],
    documented("first.reply.value", data("RetrieveResult", token=Present())),
    documented("cancel.reply.kind", Is("returned")),
    documented("more.failure", fault("MethodFault")),
    derived("more.failure", fault("InvalidArgument")),
    since="4.1",
)
def _canceled(drive: Driver) -> None:
    kinds = {vim.HostSystem: ["name"], vim.Folder: ["name"]}
    collector = drive.content.propertyCollector
    with view_of(drive.content, drive.content.rootFolder, list(kinds)) as view:
        first = _retrieve(drive, "first", [view_spec(view, kinds)], maxObjects=1)
        token = first.token if first else None
        if token:
            drive.call("cancel", collector, "CancelRetrievePropertiesEx", token)
            drive.call("more", collector, "ContinueRetrievePropertiesEx", token)
