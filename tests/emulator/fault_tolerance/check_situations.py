"""For every row of the admission table, the inventory and the request in which the row answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pyVmomi import vim

from tests.emulator import specs
from tests.emulator.fault_tolerance.conftest import Site
from tests.emulator.fault_tolerance.reasons import (
    ESX1,
    ESX2,
    FAULTS,
    ON_CREATION,
    OTHERS,
    Situation,
    disk,
    on_esx1,
    web01,
)
from vim25_emulator.vmodl.value import DataObject, MoRef

ESX3, ESX9 = "esx3.lab.example", "esx9.lab.example"


def on_the_secondary(site: Site) -> Any:
    """Turn Fault Tolerance on for the secondary of an existing pair."""
    return site.finish(site.twin("web01").CreateSecondaryVM_Task()).error


def configuration_on_local_storage(site: Site) -> Any:
    """Ask for the secondary's configuration on a datastore that the named host does not mount."""
    store = site.named(vim.Datastore, "local-1")
    where = vim.vm.FaultToleranceVMConfigSpec(vmConfig=store)
    spec = vim.vm.FaultToleranceConfigSpec(secondaryVmSpec=where)
    return site.finish(site.find("web01").CreateSecondaryVMEx_Task(site.find(ESX2), spec)).error


def metadata_on_local_storage(site: Site) -> Any:
    """Ask for the tie-breaker files on a datastore that the named host does not mount."""
    where = vim.vm.FaultToleranceMetaSpec(metaDataDatastore=site.named(vim.Datastore, "local-1"))
    spec = vim.vm.FaultToleranceConfigSpec(metaDataPath=where)
    return site.finish(site.find("web01").CreateSecondaryVMEx_Task(site.find(ESX2), spec)).error


def kept_off_its_host(site: Site) -> Any:
    """Ask for a secondary on a host that a mandatory VM-Host rule for the primary excludes."""
    group, rule = vim.cluster.GroupSpec, vim.cluster.VmHostRuleInfo
    hosts = vim.cluster.HostGroup(name="hosts", host=[site.find(ESX2)])
    vms = vim.cluster.VmGroup(name="vms", vm=[site.find("web01")])
    info = rule(name="off", enabled=True, mandatory=True, vmGroupName="vms", antiAffineHostGroupName="hosts")
    spec = vim.cluster.ConfigSpecEx(
        groupSpec=[group(operation="add", info=hosts), group(operation="add", info=vms)],
        rulesSpec=[vim.cluster.RuleSpec(operation="add", info=info)],
    )
    if not site.cluster.configurationEx.rule:
        assert site.finish(site.cluster.ReconfigureComputeResource_Task(spec, True)).state == "success"
    return site.create("web01", ESX2).error


def fixed_pool(site: Site) -> Any:
    """Turn Fault Tolerance on for a VM in a resource pool that can neither reserve nor borrow memory."""
    vm, root = site.find("web01"), site.cluster.resourcePool
    if vm.resourcePool == root:
        shares = vim.SharesInfo(level="normal", shares=0)
        nothing = vim.ResourceAllocationInfo(
            reservation=0, limit=-1, expandableReservation=False, shares=shares
        )
        pool = root.CreateResourcePool(
            "fixed", vim.ResourceConfigSpec(cpuAllocation=nothing, memoryAllocation=nothing)
        )
        pool.MoveIntoResourcePool([vm])
    return site.create("web01").error


def remote_drive(site: Site) -> Any:
    """Turn Fault Tolerance on for a running VM that is connected to the drive of a client's machine."""
    vm = site.find("web01")
    drive = next(d for d in vm.config.hardware.device if isinstance(d.backing, _RemoteDrive))
    drive.connectable.connected = True
    change = vim.vm.device.VirtualDeviceSpec(operation="edit", device=drive)
    assert site.finish(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[change]))).state == "success"
    return site.create("web01").error


def physical_drive(site: Site) -> Any:
    """Turn Fault Tolerance on for a running VM whose CD-ROM drive is one of the host."""
    vm = site.find("web01")
    (drive,) = specs.devices(vm, vim.vm.device.VirtualCdrom)
    drive.backing = vim.vm.device.VirtualCdrom.AtapiBackingInfo(deviceName="/dev/cdrom")
    site.finish(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[specs.edit(drive)])))
    return site.create("web01").error


def own_world_wide_names(site: Site) -> Any:
    """Turn Fault Tolerance on for a VM with NPIV."""
    names = vim.vm.ConfigSpec(
        npivNodeWorldWideName=[0x2800_0000], npivPortWorldWideName=[0x2800_0001], npivTemporaryDisabled=False
    )
    site.finish(site.find("db01").ReconfigVM_Task(names))
    return site.create("db01").error


def nsx_port_group(site: Site) -> Any:
    """Turn Fault Tolerance on for a VM whose network card is on a port group that NSX-T manages."""
    inventory = site.emulator.vcenter.inventory
    vm = inventory[site.find("web01")._moId]
    port = DataObject("DistributedVirtualSwitchPortConnection", switchUuid="50", portgroupKey="dvportgroup-1")

    def connect() -> None:
        config = DataObject("DVPortgroupConfigInfo", key="dvportgroup-1", name="segment", backingType="nsx")
        inventory.create("DistributedVirtualPortgroup", "dvportgroup-1", name="segment", config=config)
        backing = DataObject("VirtualEthernetCardDistributedVirtualPortBackingInfo", port=port)
        devices = vm.get("config.hardware.device")
        vm.set(
            "config.hardware.device",
            tuple(
                device.replace(backing=backing) if device.is_a("VirtualEthernetCard") else device
                for device in devices
            ),
        )

    if inventory.find(MoRef("DistributedVirtualPortgroup", "dvportgroup-1")) is None:
        site.emulator.call(connect)
    return site.create("web01").error


VSAN: Final = {"datastores": {"vsan-1": {"type": "vsan"}}}

_RemoteDrive: Final = vim.vm.device.VirtualCdrom.RemotePassthroughBackingInfo


def powered_on_later(site: Site) -> Any:
    """Power on the primary of a pair created while it was off; return the faults that disabled the pair."""
    vm = site.find("db01")
    if vm.runtime.powerState == "poweredOn":
        site.finish(vm.PowerOffVM_Task())
    assert site.create("db01").state == "success"
    since = site.latest
    site.finish(vm.PowerOnVM_Task())
    disabled = site.told("VmSecondaryDisabledBySystemEvent")
    return [event.reason for event in disabled if event.key > since]


def reason(value: str) -> Situation:
    """The situation in which a VmFaultToleranceConfigIssue with this reason is the answer."""
    return ON_CREATION[value]


def message(key: str) -> Situation:
    """The situation in which a fault with this message key is the answer."""
    return OTHERS["LocalizableMessage", "key", f"com.vmware.vim.ft.{key}"]


#: Name of a check → the situation in which it answers.
SITUATIONS: Final[dict[str, Situation]] = {
    # Eligibility
    "template": Situation(vm="tpl01"),
    "ha-cluster": Situation(base="no-ha"),
    "configuration": Situation(base="vm-disconnected"),
    "legacy-pair": message("rrFtVmNotSupported"),
    "secondary": Situation(base="already-fault-tolerant", ask=on_the_secondary),
    "one-secondary": reason("moreThanOneSecondary"),
    "certificates": reason("verifySSLCertificateFlagNotSet"),
    # Issues of the VM
    "snapshots": reason("hasSnapshots"),
    "record-replay": reason("recordReplayNotSupported"),
    "replay": reason("replayNotSupported"),
    "monitor": FAULTS["VmMonitorIncompatibleForFaultTolerance"],
    "local-disk": reason("hasLocalDisk"),
    "disk-format": reason("hasUnsupportedDisk"),
    "replication": FAULTS["ReplicationIncompatibleWithFT"],
    "one-vcpu": reason("multipleVCPU"),
    "vcpus": OTHERS["NumVirtualCpusIncompatible", "reason", "faultTolerance"],
    "npiv": Situation(ask=own_world_wide_names),
    "vsan-mixture": Situation({**VSAN, "vms": {"web01": {"disks": [{"datastore": "vsan-1"}]}}}),
    "stretched-vsan": Situation(
        {
            **VSAN,
            "hosts": {ESX1: {"vsan_fault_domain": "site-a"}, ESX2: {"vsan_fault_domain": "site-b"}},
            "vms": {"web01": {"datastore": "vsan-1"}},
        },
        release="6.7",
    ),
    "agent": reason("esxAgentVm"),
    "3d-video": reason("video3dEnabled"),
    "nested": reason("hasNestedHVConfiguration"),
    "flash-cache": reason("hasVFlashConfiguration"),
    "efi": reason("hasEFIFirmware"),
    "storage-policy": reason("unsupportedSPBM"),
    "encryption": message("encryptionNotSupported"),
    "sgx": message("sgxNotSupported"),
    "sev": message("sevNotSupported"),
    "tdx": message("tdxNotSupported"),
    "linked-clone-7.0.1": disk(release="6.7", linked_clone=True),
    "linked-clone": reason("hasLinkedCloneDisk"),
    "pmem-failover": reason("unsupportedPMemHAFailOver"),
    "encrypted-disk": reason("unsupportedEncryptedDisk"),
    "no-host-group": reason("noHostGroupConfigured"),
    # Issues of its devices
    "thin-disk": FAULTS["VirtualDiskBlocksNotFullyProvisioned"],
    "unscrubbed-disk": FAULTS["UnusedVirtualDiskBlocksNotScrubbed"],
    "virtual-volume": OTHERS["VmFaultToleranceInvalidFileBacking", "backingType", "virtualDisk"],
    "disk-mode": FAULTS["VirtualDiskModeNotSupported"],
    "multi-writer": FAULTS["MultiWriterNotSupported"],
    "digest": FAULTS["DigestNotSupported"],
    "raw-disk": FAULTS["PhysCompatRDMNotSupported"],
    "backing": disk("legacy", "5.0", format="seSparse"),
    "local-file": on_esx1("floppy"),
    "remote-device": Situation(ask=remote_drive),
    "physical-drive": Situation(ask=physical_drive),
    "port-file": FAULTS["FileBackedPortNotSupported"],
    "shared-bus": FAULTS["SharedBusControllerNotSupported"],
    "network-card": FAULTS["VirtualEthernetCardNotSupported"],
    "nsx": Situation(ask=nsx_port_group),
    "device": OTHERS["DeviceNotSupported", "reason", "ft"],
    # Issues of the hosts
    "inactive": reason("hostInactive"),
    "server": reason("ftUnsupportedProduct"),
    "product": OTHERS["HostIncompatibleForFaultTolerance", "reason", "product"],
    "smp-product": reason("unsupportedProduct"),
    "processor": OTHERS["HostIncompatibleForFaultTolerance", "reason", "processor"],
    "hv": reason("cpuHvUnsupported"),
    "hwmmu": reason("cpuHwmmuUnsupported"),
    "hv-off": reason("cpuHvDisabled"),
    "hardware": reason("ftUnsupportedHardware"),
    "vmxnet3": OTHERS["NotSupportedDeviceForFT", "deviceType", "virtualVmxnet3"],
    "paravirtual-scsi": OTHERS["NotSupportedDeviceForFT", "deviceType", "paraVirtualSCSIController"],
    "license": Situation(base="not-licensed"),
    "vmotion-license": reason("vMotionNotLicensed"),
    "vmotion-nic": reason("missingVMotionNic"),
    "logging-nic": reason("missingFTLoggingNic"),
    "bandwidth": reason("insufficientBandwidth"),
    "ha-agent": reason("haAgentIssue"),
    "encrypted-traffic": Situation(
        {"hosts": {ESX2: {"version": "7.0.1"}}, "vms": {"web01": {"host": ESX1, "encrypted": True}}}
    ),
    "vcpu-limit": reason("tooManyVCPUs"),
    "memory-limit": reason("tooMuchMemory"),
    # Compatibility of the named host
    "primary-host": Situation({"vms": {"web01": {"host": ESX1}}}, host=ESX1),
    "same-cluster": Situation({"hosts": {ESX9: {}}}, host=ESX9),
    "host-rule": Situation(ask=kept_off_its_host),
    "failover-host": Situation(
        {"clusters": {"ft-cluster": {"ha": {"failover_hosts": [ESX2]}}}, "vms": {"web01": {"host": ESX1}}},
        host=ESX2,
    ),
    "disks": Situation(base="incompatible-host", host=ESX3),
    "config-datastore": Situation(base="two-datastores", ask=configuration_on_local_storage),
    "metadata": Situation(base="two-datastores", ask=metadata_on_local_storage),
    "networks": Situation(
        {"networks": {"VM Network": {"hosts": [ESX1]}}, "vms": {"web01": {"host": ESX1}}}, host=ESX2
    ),
    "build": replace(web01("legacy", "4.0"), patch={"hosts": {ESX2: {"build": "999999"}}}, host=ESX2),
    "cpu": OTHERS["FaultToleranceCpuIncompatible", "family", True],
    # Resources
    "pool-memory": Situation(ask=fixed_pool),
    "memory": Situation(base="insufficient-memory"),
    "disk-space": Situation(base="datastore-full"),
    # Starting the secondary
    "failover-capacity": FAULTS["InsufficientFailoverResourcesFault"],
    "host-group": FAULTS["FtVmHostRuleViolation"],
    "ft-vms": FAULTS["VmFaultToleranceTooManyVMsOnHost"],
    "ft-vcpus": FAULTS["VmFaultToleranceTooManyFtVcpusOnHost"],
    "host-memory": Situation(
        {
            "clusters": {"ft-cluster": {"ha": {"admission_control": False}}},
            "hosts": {ESX2: {"memory_gb": 12}},
        },
        ask=powered_on_later,
    ),
}
