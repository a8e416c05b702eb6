"""Clauses: what the documents state, one sentence each, in this project's own words.

Clauses whose id begins with `create.` follow the API reference page of `CreateSecondaryVM_Task` sentence by
sentence; the others follow the pages of related managed objects, or answers observed of real servers. An id
is never reused.
"""

from __future__ import annotations

from typing import Final

from vim25_conformance.clause import Clause, clauses
from vim25_conformance.expectation import Certainty
from vim25_conformance.json_clauses import JSON_CLAUSES

PAGE: Final = "API reference, VirtualMachine.CreateSecondaryVM_Task"
EX_PAGE: Final = "API reference, VirtualMachine.CreateSecondaryVMEx_Task"
RESULT_PAGE: Final = "API reference, FaultToleranceSecondaryOpResult"

_DOC = Certainty.DOCUMENTED
_OBS = Certainty.OBSERVED
_DER = Certainty.DERIVED
_CON = Certainty.CONTESTED


CLAUSES: Final[dict[str, Clause]] = {
    **clauses(
        PAGE,
        _DOC,
        create__deprecated=(
            "The method is deprecated from API version 6.0; it still exists and still works."
        ),
        create__since="The method exists from API version 4.0.",
        create__creates=(
            "The method creates a secondary virtual machine in the fault tolerant group of the VM."
        ),
        create__host_given="If a host is given and suitable, the secondary is created on that host.",
        create__host_chosen=(
            "If no host is given, the system selects a compatible host and creates the secondary on it."
        ),
        create__host_unsuitable=(
            "If the host cannot be used, or none can be found, no secondary is created and a fault is "
            "reported."
        ),
        create__host_not_found="If the host does not exist, the fault is ManagedObjectNotFound.",
        create__powered_on=(
            "If the primary is powered on, a power-on of the secondary is attempted on a host that the "
            "system selects."
        ),
        create__drs="In a DRS cluster, DRS places the secondary that is to be powered on.",
        create__drs_apply=(
            "A returned recommendation can be applied with ApplyRecommendation; only then does the "
            "secondary power on."
        ),
        create__power_on_failure="A failure to power on the secondary does not fail its creation.",
        create__privilege="The caller needs VirtualMachine.Interact.CreateSecondary on the VM.",
        create__task="The method returns a task; its result is a FaultToleranceSecondaryOpResult.",
        create__task_in_progress="TaskInProgress is reported if the VM is busy.",
        create__not_supported_template="NotSupported is reported if the VM is a template.",
        create__not_supported_ha=("NotSupported is reported if the VM is not in a cluster with vSphere HA."),
        create__invalid_state="InvalidState is reported if the VM's configuration is not available.",
        create__insufficient_resources=(
            "InsufficientResourcesFault is reported if the operation would violate a resource usage policy."
        ),
        create__ft_issue=(
            "VmFaultToleranceIssue is reported for an error in the Fault Tolerance configuration of the "
            "VM, as a subtype."
        ),
        create__file_fault="FileFault is reported if the VM's files cannot be accessed.",
        create__config_fault=(
            "VmConfigFault is reported if the VM's configuration prevents a secondary, as a subtype."
        ),
    ),
    **clauses(
        EX_PAGE,
        _DOC,
        createex__since="CreateSecondaryVMEx_Task exists from API version 6.0.",
        createex__creates="CreateSecondaryVMEx_Task creates a secondary as CreateSecondaryVM_Task does.",
    ),
    **clauses(
        RESULT_PAGE,
        _DOC,
        result__vm="The result names the secondary.",
        result__attempted="`powerOnAttempted` says whether a power-on of the secondary was attempted.",
        result__power_on_result="`powerOnResult` is set only if a power-on was attempted.",
        result__attempted_list=(
            "A successful power-on is an entry of `attempted`; its `task` is set only in a cluster with HA "
            "and without DRS."
        ),
        result__not_attempted="A failed power-on is an entry of `notAttempted` with the fault.",
    ),
    **clauses(
        "API reference, FaultToleranceConfigInfo and its subtypes",
        _DOC,
        pair__primary_info=(
            "The primary's `config.ftInfo` has role 1, both instance UUIDs, both configuration paths, and "
            "the secondary."
        ),
        pair__secondary_info="The secondary's `config.ftInfo` has role 2, the same lists, and the primary.",
        pair__state=(
            "`runtime.faultToleranceState` is enabled while the primary is powered off, running while both "
            "VMs run, disabled after vCenter has disabled Fault Tolerance."
        ),
        pair__memory="A fault tolerant VM reserves all of its memory.",
        pair__events=(
            "VmSecondaryAddedEvent and VmFaultToleranceStateChangedEvent are posted when a pair is created."
        ),
        pair__one="A VM with a secondary gets no second one.",
    ),
    **clauses(
        "reports of users and of client software",
        _OBS,
        pair__identity="The secondary has the primary's name and BIOS UUID and an instance UUID of its own.",
        wire__sync_faults=(
            "Faults about session, method, object and privilege are SOAP faults, before any task."
        ),
        wire__unknown_method="A method that the client's version does not have is an InvalidRequest.",
        wire__malformed="Malformed XML is rejected with faultcode ClientFaultCode and no detail.",
        wire__parameters="A missing, unknown or misplaced parameter is an InvalidRequest.",
        wire__wrong_type="A method called on the wrong type of object is rejected.",
        wire__namespace="From 6.5 a body in another namespace than urn:vim25 is an InvalidRequest.",
        wire__untyped="A reference needs no type, nor does `_this`.",
        session__login=(
            "A session begins with Login and ends with Logout; wrong credentials are InvalidLogin."
        ),
        session__anonymous="Service content can be read without a session.",
        session__not_authenticated="Anything else without a session is NotAuthenticated.",
        task__shape="TaskInfo of a create names the method, its description id and the VM.",
        pair__start_task=(
            "A task of its own on the primary, FaultTolerance.PowerOnSecondaryLRO, starts the secondary."
        ),
        pc__missing="What may not be read is listed in `missingSet` with the fault; the call succeeds.",
        pc__object_not_found="Properties of an object that does not exist are a ManagedObjectNotFound.",
        pc__invalid_property="A property path that the type does not have is an InvalidProperty.",
    ),
    **clauses(
        "API reference, PropertyCollector",
        _DOC,
        pc__unset="An unset property is left out of the result.",
        pc__paging="A result longer than `maxObjects` comes in pages, each with a token for the next.",
        pc__updates=(
            "WaitForUpdatesEx reports the filter's objects first and later only changes; after "
            "`maxWaitSeconds` without changes it returns nothing."
        ),
        pc__version="A version that the collector never issued is an InvalidCollectorVersion.",
        pc__destroy="A destroyed collector does not exist.",
        pc__truncated=(
            "An update of more than `maxObjectUpdates` objects is split; every part but the last is marked "
            "`truncated`."
        ),
        pc__cancel="CancelRetrievePropertiesEx ends a paged retrieval and invalidates its token.",
    ),
    **clauses(
        "API reference, SessionManager",
        _DOC,
        session__terminate="TerminateSession ends other sessions; one that does not exist is NotFound.",
    ),
    **clauses(
        "API reference, the operations on a fault tolerant pair",
        _DOC,
        pair__primary_only="Operations on a pair are called on its primary, not on a secondary.",
        off__removes="Turning Fault Tolerance off removes all secondaries and ends the protection.",
        off__events="VmFaultToleranceTurnedOffEvent is posted when Fault Tolerance is turned off.",
        suspend__keeps=(
            "DisableSecondaryVM_Task keeps the secondary and stops it; the pair is disabled until it is"
            " resumed."
        ),
        suspend__disabled="A disabled secondary cannot be disabled again.",
        suspend__not_started="A disabled secondary is not started when its primary is powered on.",
        resume__result="EnableSecondaryVM_Task has the same type of result as a create.",
        resume__host="The host given to EnableSecondaryVM_Task is where the secondary is powered on.",
        resume__host_not_found="If that host does not exist, the fault is ManagedObjectNotFound.",
        resume__enabled="A secondary that is not disabled cannot be enabled.",
        failover__event="VmPrimaryFailoverEvent is posted when a secondary takes over.",
        restart__secondary=(
            "TerminateFaultTolerantVM_Task stops the named secondary, or all, as if it had failed."
        ),
        restart__primary="Naming the primary to TerminateFaultTolerantVM_Task is an InvalidArgument.",
        query__vm_only=(
            "QueryFaultToleranceCompatibility returns the issues of the VM itself, not those of hosts, "
            "networks or licenses."
        ),
        query__template="QueryFaultToleranceCompatibility of a template is NotSupported.",
        power__off="Powering off a primary powers off its secondaries.",
        power__on="Powering on a primary starts its enabled secondaries on hosts that the system selects.",
        forbid__snapshot=(
            "A snapshot of a fault tolerant VM is NotSupported; documents agree on it where memory is "
            "included, and for legacy Fault Tolerance."
        ),
        forbid__memory="Changing its memory is FaultToleranceCannotEditMem.",
        forbid__vcpus="The number of its vCPUs cannot be changed.",
        forbid__priority=(
            "The restart priority of a fault tolerant VM cannot be disabled:"
            " InvalidDasRestartPriorityForFtVm."
        ),
        forbid__drs_secondary=(
            "A DRS override of a secondary cannot be changed: CannotChangeDrsBehaviorForFtSecondary."
        ),
        forbid__ha_secondary=(
            "An HA override of a secondary cannot be changed: CannotChangeHaSettingsForFtSecondary."
        ),
        forbid__vm_group="A VM group may hold a primary, but not a secondary.",
        forbid__permissions=(
            "Permissions are those of the primary; setting the secondary's is InvalidArgument."
        ),
        forbid__disconnect=(
            "A host with fault tolerant VMs that is not in maintenance mode cannot be disconnected."
        ),
        ha__off_under_a_pair=(
            "HA can be disabled under a running pair, which keeps running; turning on, enabling, powering"
            " on and terminating are blocked."
        ),
        ha__protection="`runtime.dasVmProtection` is unset if vSphere HA is not enabled.",
    ),
    **clauses(
        "availability guides 5.0 to 8.0",
        _DOC,
        rule__vm_host="A VM-Host rule for a primary applies to its secondary, too.",
        ha__no_failover_test=(
            "Without HA a failover cannot be tested, and nothing is restarted after a failure."
        ),
    ),
    **clauses(
        "API reference, CreateSecondaryVM_Task and DrsBehavior; resource management guides 4.1 to 8.0",
        _DOC,
        create__drs_automatic=(
            "If DRS is fully automated, its recommendation for the secondary is applied immediately."
        ),
        create__drs_partial=(
            "If DRS is partially automated, its recommendation for the secondary is applied immediately too, "
            "as any initial placement is."
        ),
        create__drs_manual=(
            "If DRS is manual, its recommendation is returned to the caller and the secondary stays "
            "powered off."
        ),
        power__drs_partial="Partially automated DRS powers on any VM of PowerOnMultiVM_Task by itself.",
    ),
    **clauses(
        "availability guides 4.1 to 6.5",
        _DOC,
        drs__without_evc=(
            "Up to 6.5 in a cluster without EVC, DRS places the secondary automatically at any level."
        ),
    ),
    **clauses(
        "API reference, CreateSnapshot_Task, against the availability guides 6.0 to 8.0",
        _CON,
        forbid__disk_snapshot=(
            "From 6.0 a backup can take and remove a disk-only snapshot of a fault tolerant VM; according to "
            "the reference it is NotSupported."
        ),
    ),
    **clauses(
        "availability guides 5.5 to 8.0: features that Fault Tolerance does not support",
        _DOC,
        forbid__storage="The files of a fault tolerant VM are not moved to another datastore.",
        forbid__hot_plug="No device is plugged into a running VM of a pair, or out of it.",
        forbid__linked_clone="No linked clone is made of a fault tolerant VM.",
    ),
    **clauses(
        "availability guides 6.0 to 8.0: preparing a VM for Fault Tolerance",
        _DOC,
        reconfigure__reservation="A CPU reservation of the primary is that of the secondary, too.",
    ),
    **clauses(
        "API reference, VirtualMachineConfigSpec.ftEncryptionMode",
        _DOC,
        reconfigure__encryption="The encryption mode of Fault Tolerance is one of three values.",
        reconfigure__encryption_default="The default encryption mode of Fault Tolerance is opportunistic.",
    ),
    **clauses(
        "guide, turning Fault Tolerance off",
        _DOC,
        off__memory="The full memory reservation remains when Fault Tolerance is turned off.",
    ),
    **clauses(
        "reports of users and of sample software on pairs",
        _OBS,
        failover__roles=(
            "After a failover the pair runs again; references keep their roles, and the VMs change hosts."
        ),
    ),
    **clauses(
        "inference from the sources above",
        _DER,
        wire__lenient="0 and 1 are booleans, any prefix is valid, and a SOAP header is accepted.",
        pair__member="A VM that is not a secondary of the primary is SecondaryVmNotRegistered.",
        pair__none="Operations on a pair fail for a VM that is not fault tolerant.",
        failover__both_run="Failover and restart can be tested only while both VMs run.",
        createex__agrees=(
            "CreateSecondaryVM_Task does what CreateSecondaryVMEx_Task does without a specification."
        ),
    ),
    **JSON_CLAUSES,
    **clauses(
        "inference from the sources above",
        _DER,
        order__object_first="A VM that does not exist is reported before anything else about the call.",
    ),
}
