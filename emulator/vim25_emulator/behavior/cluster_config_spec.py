"""Apply a ClusterConfigSpecEx to the configuration of a cluster, and check the result.

Members that configure what is not emulated (vSAN, vSphere Lifecycle Manager, vCLS) are refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from itertools import count
from typing import Any, Final, NamedTuple

from vim25_emulator.behavior.enumerated_string import require_enumerated
from vim25_emulator.model.cluster_config import ClusterSettings, configuration
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

#: Members of the spec that are properties of the configuration.
_VALUES: Final = ("vmSwapPlacement", "spbmEnabled", "defaultHardwareVersionKey", "maximumHardwareVersionKey")
#: Data object of the spec → property of the configuration that it is merged into.
_OBJECTS: Final = {
    "dasConfig": "dasConfig",
    "drsConfig": "drsConfig",
    "dpmConfig": "dpmConfigInfo",
    "orchestration": "orchestration",
    "infraUpdateHaConfig": "infraUpdateHaConfig",
    "proactiveDrsConfig": "proactiveDrsConfig",
    "cryptoConfig": "cryptoConfig",
}
#: Members that are refused unless they are empty or false, which is what holds here.
_UNSUPPORTED: Final = (
    "desiredSoftwareSpec",
    "enableConfigManager",
    "hostSeedSpec",
    "inHciWorkflow",
    "networkBootMode",
    "softwareSpecId",
    "systemVMsConfig",
    "vsanConfig",
    "vsanCoreConfigSpec",
    "vsanHostConfigSpec",
)
#: Data object of the spec → its member that must be in a range [documented].
_RANGES: Final = {
    "drsConfig": ("vmotionRate", 1, 5),
    "dpmConfig": ("hostPowerActionRate", 1, 5),
}
_PERCENTAGES: Final = (
    "cpuFailoverResourcesPercent",
    "memoryFailoverResourcesPercent",
    "pMemFailoverResourcesPercent",
    "resourceReductionToToleratePercent",
)
#: Type of a rule → its members that name groups, and the type of these.
_GROUP_NAMES: Final = {
    "ClusterVmHostRuleInfo": {
        "vmGroupName": "ClusterVmGroup",
        "affineHostGroupName": "ClusterHostGroup",
        "antiAffineHostGroupName": "ClusterHostGroup",
    },
    "ClusterFtVmHostRuleInfo": {"vmGroupName": "ClusterVmGroup", "hostGroupName": "ClusterHostGroup"},
    "ClusterDependencyRuleInfo": {"vmGroup": "ClusterVmGroup", "dependsOnVmGroup": "ClusterVmGroup"},
}


class ClusterScope(NamedTuple):
    """The cluster that a spec is for, and the hosts and VMs that it may name."""

    cluster: MoRef
    members: Container[MoRef]


class _Array(NamedTuple):
    """An array of updates: its target, the member with an element's key, and the fault of a taken name.

    Without such a fault, `add` replaces an element with the same key [documented].
    """

    target: str
    key: str = "key"
    taken: Callable[[ClusterScope, DataObject], MethodFault] | None = None


def _group_exists(scope: ClusterScope, group: DataObject) -> MethodFault:
    """Return the fault of a group name in use [observed: terraform-provider-vsphere, issue 1878, 7.0.3]."""
    return MethodFault("InvalidArgument", invalidProperty="spec.groupSpec.info.name")


def _rule_exists(scope: ClusterScope, rule: DataObject) -> MethodFault:
    """Return the fault of a rule name in use [derived]."""
    return MethodFault("DuplicateName", name=rule.name, object=scope.cluster)


#: Array of the spec → how it is applied; groups first, because rules name them.
_ARRAYS: Final = {
    "groupSpec": _Array("group", "name", _group_exists),
    "rulesSpec": _Array("rule", "key", _rule_exists),
    "dasVmConfigSpec": _Array("dasVmConfig"),
    "drsVmConfigSpec": _Array("drsVmConfig"),
    "dpmHostConfigSpec": _Array("dpmHostConfig"),
    "vmOrchestrationSpec": _Array("vmOrchestration", "vm"),
}


def compute_resource_config(config: DataObject, spec: DataObject, *, modify: bool) -> DataObject:
    """Return the configuration of a standalone host's compute resource with a spec applied.

    Raise InvalidArgument for an unknown value, NotSupported for what is not emulated.
    """
    _require_supported(spec)
    require_enumerated(spec, "spec")
    unset = {**dict.fromkeys(_VALUES), "vmSwapPlacement": "vmDirectory"}
    base = config if modify else config.replace(**unset)
    return base.replace(**{name: spec.__dict__[name] for name in _VALUES if name in spec.__dict__})


def configured(config: DataObject, spec: DataObject, scope: ClusterScope, *, modify: bool) -> DataObject:
    """Return the configuration with a spec applied: to this one, or without `modify` to the default one.

    InvalidArgument for values out of range, entities of other clusters, unknown groups and elements;
    DuplicateName for a rule; NotSupported for what is not emulated.
    """
    base = config if modify else configuration(ClusterSettings(ha=False, drs=False))
    result = compute_resource_config(base, spec, modify=True)
    for name, target in _OBJECTS.items():
        result = result.replace(**{target: _merged(result.__dict__.get(target), spec.__dict__.get(name))})
    _require_admission_control(result.dasConfig.admissionControlPolicy, scope)
    for name, array in _ARRAYS.items():
        elements = _updated(result.__dict__.get(array.target, ()), getattr(spec, name), name, array, scope)
        result = result.replace(**{array.target: elements or None})
    for update in spec.rulesSpec:
        _require_groups(result.group, update.info)
    return result


def _require_supported(spec: DataObject) -> None:
    if not all(_is_off(spec.__dict__.get(name)) for name in _UNSUPPORTED):
        raise MethodFault("NotSupported")
    for name, (member, low, high) in _RANGES.items():
        value = getattr(spec.__dict__.get(name), member, None)
        if value is not None and not low <= value <= high:
            raise MethodFault("InvalidArgument", invalidProperty=f"spec.{name}.{member}")


def _is_off(value: Any) -> bool:
    """Return whether a value requests nothing: it is empty, or a data object of empty values."""
    return not value or (isinstance(value, DataObject) and not any(value.__dict__.values()))


def _merged(current: DataObject | None, change: DataObject | None) -> DataObject | None:
    if current is None or change is None:
        return change or current
    return current.replace(**change.__dict__)


def _require_admission_control(policy: DataObject | None, scope: ClusterScope) -> None:
    """Raise InvalidArgument for a percentage above 100 and for a failover host of another cluster."""
    members: dict[str, Any] = policy.__dict__ if policy is not None else {}
    wrong = [name for name in _PERCENTAGES if not 0 <= members.get(name, 0) <= 100]
    if members.get("failoverLevel", 0) < 0:
        wrong.append("failoverLevel")
    if any(host not in scope.members for host in members.get("failoverHosts", ())):
        wrong.append("failoverHosts")
    if wrong:
        path = f"spec.dasConfig.admissionControlPolicy.{wrong[0]}"
        raise MethodFault("InvalidArgument", invalidProperty=path)


def _updated(
    elements: tuple[DataObject, ...],
    updates: tuple[DataObject, ...],
    name: str,
    array: _Array,
    scope: ClusterScope,
) -> tuple[DataObject, ...]:
    """Return the elements after updates: `edit` and `remove` need an existing one [documented]."""
    by_key = {_key_of(element, array): element for element in elements}
    names = Counter[str | None](element.name for element in elements if array.taken is not None)
    keys = count(1)
    for update in updates:
        if update.operation == "remove":
            removed = by_key.pop(str(update.removeKey), None)
            if removed is None:
                raise MethodFault("InvalidArgument", invalidProperty=f"spec.{name}.removeKey")
            names.subtract((removed.__dict__.get("name"),))
            continue
        if update.info is None:
            raise MethodFault("InvalidArgument", invalidProperty="spec.info")
        _require_members(update.info, name, scope)
        if update.operation == "add":
            if array.taken is not None and names[update.info.name] > 0:
                raise array.taken(scope, update.info)
            element = _added(by_key, update.info, keys)
        else:
            element = _edited(by_key, update, name, array)
            names.subtract((by_key[_key_of(element, array)].__dict__.get("name"),))
        names[element.__dict__.get("name")] += 1
        by_key[_key_of(element, array)] = element
    return tuple(by_key.values())


def _key_of(element: DataObject, array: _Array) -> str:
    """Return the key of an element as text: clients write the same removeKey as an integer or a string."""
    return str(getattr(element, array.key))


def _added(by_key: dict[str, DataObject], info: DataObject, keys: Iterator[int]) -> DataObject:
    """Return a new element; a rule gets the next free key."""
    if not info.is_a("ClusterRuleInfo"):
        return info
    return info.replace(key=next(key for key in keys if str(key) not in by_key))


def _edited(by_key: dict[str, DataObject], update: DataObject, name: str, array: _Array) -> DataObject:
    """Return an element with its changes; a group of VMs does not become one of hosts [derived]."""
    current = by_key.get(_key_of(update.info, array))
    is_same_type = current is not None and current.type_ is update.info.type_
    if current is None or (array.target == "group" and not is_same_type):
        raise MethodFault("InvalidArgument", invalidProperty=f"spec.{name}.info.{array.key}")
    return current.replace(**update.info.__dict__) if is_same_type else update.info


def _require_members(info: DataObject, name: str, scope: ClusterScope) -> None:
    """Raise InvalidArgument for an entity outside the cluster [documented]."""
    for member, value in info.__dict__.items():
        refs = value if isinstance(value, tuple) and not isinstance(value, MoRef) else (value,)
        if any(isinstance(ref, MoRef) and ref not in scope.members for ref in refs):
            raise MethodFault("InvalidArgument", invalidProperty=f"spec.{name}.info.{member}")


def _require_groups(groups: tuple[DataObject, ...], rule: DataObject | None) -> None:
    """Raise InvalidArgument for a rule that names a group which does not exist."""
    members = rule.type_.nearest(_GROUP_NAMES, {}) if rule is not None else {}
    for member, type_name in members.items():
        value = getattr(rule, member) or ()
        known = {group.name for group in groups if group.is_a(type_name)}
        if not known.issuperset(value if isinstance(value, tuple) else (value,)):
            raise MethodFault("InvalidArgument", invalidProperty=f"spec.rulesSpec.info.{member}")
