"""Requests as clients write them, and the faults for those that cannot be parsed."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vim25_emulator.soap.soap_decoder import DecodedCall, ParseFault, decode_call, parse_envelope
from vim25_emulator.vmodl.release import release
from vim25_emulator.vmodl.value import DataObject, MoRef, Tagged
from vim25_emulator.vmodl.version import version

V8 = version("8.0.2.0")
#: A prologue that puts elements at the columns of the only complete stack of frames [observed: recording].
START = "<?xml version='1.0' ?><Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>"
END = "</Body></Envelope>"
VIM25 = 'xmlns="urn:vim25"'
SCHEMAS = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def decode(call: str, client: str = "8.0.2.0", server: str = "8.0.2.0") -> DecodedCall:
    envelope = parse_envelope(f"{START}{call}{END}".encode())
    return decode_call(envelope, version(client), release(server))


def refused(call: str, **versions: str) -> ParseFault:
    with pytest.raises(ParseFault) as raised:
        decode(call, **versions)
    return raised.value


def first_line(call: str, **versions: str) -> str:
    return refused(call, **versions).text.partition("\n")[0]


def arguments(call: str) -> dict[str, Any]:
    return decode(call).arguments


# ---- accepted ------------------------------------------------------------------------------------------


def test_a_request_of_pyvmomi_byte_for_byte() -> None:
    document = b"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" \
xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<soapenv:Header><operationID>op-1</operationID></soapenv:Header>
<soapenv:Body><RetrievePropertiesEx xmlns="urn:vim25">\
<_this versionId="8.0.2.0" type="PropertyCollector">propertyCollector</_this>\
<specSet versionId="8.0.2.0"><propSet><type>VirtualMachine</type><all>false</all><pathSet>name</pathSet>\
<pathSet>runtime.powerState</pathSet></propSet><objectSet><obj type="ContainerView">session[1]2</obj>\
<skip>true</skip><selectSet xsi:type="TraversalSpec"><name>view</name><type>ContainerView</type>\
<path>view</path><skip>false</skip></selectSet></objectSet></specSet>\
<options><maxObjects>100</maxObjects></options></RetrievePropertiesEx></soapenv:Body>
</soapenv:Envelope>"""
    envelope = parse_envelope(document)
    call = decode_call(envelope, V8, release())
    view = DataObject("TraversalSpec", name="view", type="ContainerView", path="view", skip=False)
    assert envelope.operation_id == "op-1"
    assert (call.method.name, call.this) == (
        "RetrievePropertiesEx",
        MoRef("PropertyCollector", "propertyCollector"),
    )
    assert call.arguments == {
        "specSet": (
            DataObject(
                "PropertyFilterSpec",
                propSet=(
                    DataObject(
                        "PropertySpec",
                        type="VirtualMachine",
                        all=False,
                        pathSet=("name", "runtime.powerState"),
                    ),
                ),
                objectSet=(
                    DataObject(
                        "ObjectSpec", obj=MoRef("ContainerView", "session[1]2"), skip=True, selectSet=(view,)
                    ),
                ),
            ),
        ),
        "options": DataObject("RetrieveOptions", maxObjects=100),
    }


def test_any_prefixes_and_blanks_do() -> None:
    document = b"""<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"
        xmlns:v="urn:vim25" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"
        xmlns:x="http://www.w3.org/2001/XMLSchema">
      <S:Header/>
      <S:Body>
        <v:PowerOnVM_Task i:type="v:PowerOnVMRequestType">
          <v:_this type="VirtualMachine" i:type="v:ManagedObjectReference"> vm-1 </v:_this>
          <v:host type="HostSystem">host-2</v:host>
        </v:PowerOnVM_Task>
      </S:Body>
    </S:Envelope>"""
    call = decode_call(parse_envelope(document), V8, release())
    assert call.this == MoRef("VirtualMachine", "vm-1")
    assert call.arguments == {"host": MoRef("HostSystem", "host-2")}


def test_optional_parameters_that_are_left_out_are_absent() -> None:
    call = decode(f'<PowerOnVM_Task {VIM25}><_this type="VirtualMachine">vm-1</_this></PowerOnVM_Task>')
    assert call.arguments == {}


def test_this_and_references_need_no_type_where_the_place_declares_it() -> None:
    call = decode(f"<PowerOnVM_Task {VIM25}><_this>vm-1</_this><host>host-2</host></PowerOnVM_Task>")
    assert (call.this, call.arguments["host"]) == (
        MoRef("VirtualMachine", "vm-1"),
        MoRef("HostSystem", "host-2"),
    )


def test_a_reference_needs_no_type_where_any_managed_object_may_stand() -> None:
    """[observed: recording of 9.0.1]"""
    method, entity = "QueryPerfProviderSummary", "<entity>vm-1</entity>"
    assert arguments(f"<{method} {VIM25}><_this>PerfMgr</_this>{entity}</{method}>") == {
        "entity": MoRef("ManagedObject", "vm-1")
    }


def test_a_reference_of_a_more_general_type_is_of_the_declared_type() -> None:
    call = f'<PowerOnVM_Task {VIM25}><_this>vm-1</_this><host type="ManagedEntity">h</host></PowerOnVM_Task>'
    assert arguments(call) == {"host": MoRef("HostSystem", "h")}


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), ("true", True), ("false", False)])
def test_booleans_in_both_spellings(text: str, value: bool) -> None:
    call = (
        f"<EnterMaintenanceMode_Task {VIM25}><_this>host-1</_this><timeout>0</timeout>"
        f"<evacuatePoweredOffVms>{text}</evacuatePoweredOffVms></EnterMaintenanceMode_Task>"
    )
    assert arguments(call) == {"timeout": 0, "evacuatePoweredOffVms": value}


def test_a_moment_without_zone_is_utc() -> None:
    call = (
        f"<UpdateDateTime {VIM25}><_this>d</_this><dateTime>2024-05-06T07:08:09</dateTime></UpdateDateTime>"
    )
    assert arguments(call) == {"dateTime": datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)}


def test_a_type_attribute_that_says_nothing_new_is_accepted() -> None:
    call = (
        f"<EnterMaintenanceMode_Task {VIM25} {SCHEMAS}><_this>host-1</_this>"
        '<timeout xsi:type="xsd:int">1</timeout></EnterMaintenanceMode_Task>'
    )
    assert arguments(call) == {"timeout": 1}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ('<value xsi:type="xsd:string">a</value>', "a"),
        ('<value xsi:type="xsd:int">1</value>', 1),
        ('<value xsi:type="xsd:long">1</value>', Tagged("long", 1)),
        ('<value xsi:type="ManagedObjectReference" type="Folder">f</value>', MoRef("Folder", "f")),
        (
            '<value xsi:type="ArrayOfString"><string>a</string>'
            '<string xsi:type="xsd:string">b</string></value>',
            Tagged("ArrayOfString", ("a", "b")),
        ),
        (
            '<value xsi:type="LocalizedMethodFault"><fault xsi:type="NotSupported"/>'
            "<localizedMessage>No.</localizedMessage></value>",
            DataObject("LocalizedMethodFault", fault=DataObject("NotSupported"), localizedMessage="No."),
        ),
        (
            '<value xsi:type="LocalizedMethodFault"><fault xsi:type="NotSupported"/></value>',
            DataObject("NotSupported"),
        ),
        (
            '<value xsi:type="VirtualMachinePowerState">poweredOn</value>',
            Tagged("VirtualMachinePowerState", "poweredOn"),
        ),
    ],
)
def test_any_type_places_are_read_by_their_type(element: str, value: Any) -> None:
    call = (
        f"<UpdateOptions {VIM25} {SCHEMAS}><_this>o</_this><changedValue><key>k</key>{element}</changedValue>"
        "</UpdateOptions>"
    )
    assert arguments(call) == {"changedValue": (DataObject("OptionValue", key="k", value=value),)}


def test_a_data_object_may_begin_with_an_empty_dynamic_type() -> None:
    """[observed: clients of 4.1 and 5.5]"""
    spec = "<dynamicType></dynamicType><dynamicProperty/><propSet><dynamicType/><type>Task</type></propSet>"
    selected = '<objectSet><dynamicType/><obj type="Task">t</obj></objectSet>'
    parameters = f"<_this>p</_this><specSet>{spec}{selected}</specSet>"
    (decoded,) = arguments(f"<RetrieveProperties {VIM25}>{parameters}</RetrieveProperties>")["specSet"]
    assert decoded == DataObject(
        "PropertyFilterSpec",
        propSet=(DataObject("PropertySpec", type="Task"),),
        objectSet=(DataObject("ObjectSpec", obj=MoRef("Task", "t")),),
    )


def test_the_prefix_xsd_need_not_be_defined() -> None:
    instance = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
    call = (
        f"<UpdateOptions {VIM25} {instance}><_this>o</_this><changedValue><key>k</key>"
        '<value i:type="xsd:string">v</value></changedValue></UpdateOptions>'
    )
    assert arguments(call) == {"changedValue": (DataObject("OptionValue", key="k", value="v"),)}


def test_a_required_parameter_or_property_may_be_left_out_if_it_came_later_than_its_owner() -> None:
    session = f"<Login {VIM25}><_this>s</_this><userName>u</userName><password>p</password></Login>"
    assert arguments(session) == {"userName": "u", "password": "p"}
    spec = (
        f"<ReconfigVM_Task {VIM25}><_this>vm-1</_this><spec><deviceChange><device><key>1</key></device>"
        "</deviceChange></spec></ReconfigVM_Task>"
    )
    assert decode(spec, client="4.1").method.name == "ReconfigVM_Task"


# ---- frames --------------------------------------------------------------------------------------------


def test_the_whole_answer_to_a_missing_parameter() -> None:
    call = f'<RegisterVM_Task {VIM25}><_this type="Folder">group-v3</_this></RegisterVM_Task>'
    fault = refused(call)
    assert (fault.code, fault.fault) == ("ServerFaultCode", DataObject("InvalidRequest"))
    assert fault.text == (
        "Required parameter path is missing\n"
        "\n"
        "while parsing call information for method RegisterVM_Task\n"
        "at line 1, column 88\n"
        "\n"
        "while parsing SOAP body\n"
        "at line 1, column 82\n"
        "\n"
        "while parsing SOAP envelope\n"
        "at line 1, column 22\n"
        "\n"
        "while parsing HTTP request for method registerVm\n"
        "on object of type vim.Folder\n"
        "at line 1, column 0"
    )


def test_the_frames_of_a_nested_value() -> None:
    call = (
        f'<ReconfigVM_Task {VIM25} {SCHEMAS}>\n<_this type="VirtualMachine">vm-1</_this>\n<spec>\n'
        '  <deviceChange><device xsi:type="VirtualDisk"><key>abc</key></device></deviceChange>\n'
        "</spec></ReconfigVM_Task>"
    )
    assert refused(call).text.startswith(
        'Unable to parse "abc" as int\n'
        "\n"
        'while parsing property "key" of static type int\n'
        "\n"
        "while parsing serialized DataObject of type vim.vm.device.VirtualDisk\n"
        "at line 4, column 16\n"
        "\n"
        'while parsing property "device" of static type VirtualDevice\n'
        "\n"
        "while parsing serialized DataObject of type vim.vm.device.VirtualDeviceSpec\n"
        "at line 4, column 2\n"
        "\n"
        'while parsing property "deviceChange" of static type ArrayOfVirtualDeviceConfigSpec\n'
        "\n"
        "while parsing serialized DataObject of type vim.vm.ConfigSpec\n"
        "at line 3, column 0\n"
        "\n"
        "while parsing call information for method ReconfigVM_Task\n"
        "at line 1, column 88\n"
    )


def test_the_frame_of_a_reference() -> None:
    call = f'<PowerOnVM_Task {VIM25}><_this>vm-1</_this><host type="Datastore">d</host></PowerOnVM_Task>'
    assert refused(call).text.startswith(
        "Type Datastore is not derived from HostSystem\n\n"
        "while parsing MoRef for ManagedObject of type vim.HostSystem\nat line 1, column 141\n\n"
        "while parsing call information for method PowerOnVM_Task\nat line 1, column 88\n\n"
    )


TAIL = "while parsing HTTP request before method was determined\nat line 1, column 0"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"<Envelope>&</Envelope>", "not well-formed (invalid token)"),
        (b"", "no element found"),
    ],
)
def test_what_is_not_xml_is_the_clients_fault(document: bytes, message: str) -> None:
    with pytest.raises(ParseFault) as raised:
        parse_envelope(document)
    assert (raised.value.code, raised.value.fault) == ("ClientFaultCode", None)
    assert raised.value.text == f"Error returned by expat parser: {message}\n\n{TAIL}"


def test_an_undefined_prefix_is_named() -> None:
    fault = refused(f'<Login {VIM25}><_this xsi:type="x">s</_this></Login>')
    assert fault.text == f"Attribute name xsi:type uses an undefined namespace prefix xsi\n\n{TAIL}"
    assert fault.fault == DataObject("InvalidRequest")


def test_an_unknown_method_until_8_0() -> None:
    assert refused(f"<Fly {VIM25}/>", client="6.7", server="6.7").text == (
        "Unable to resolve WSDL method name Fly for namespace name urn:vim25\n\n"
        "while parsing SOAP body\nat line 1, column 82\n\n"
        f"while parsing SOAP envelope\nat line 1, column 22\n\n{TAIL}"
    )


def test_an_unknown_method_from_8_0_on() -> None:
    fault = refused(f"<Fly {VIM25}/>", client="8.0.2.0", server="8.0.3.0")
    assert fault.text == "Unable to resolve WSDL method name Fly in vim.version.v8_0_2_0"
    assert fault.fault == DataObject("InvalidRequest")


def test_a_method_newer_than_the_client_is_unknown() -> None:
    call = (
        f'<CreateSecondaryVM_Task {VIM25}><_this type="VirtualMachine">vm-1</_this></CreateSecondaryVM_Task>'
    )
    assert decode(call, client="4.0").method.name == "CreateSecondaryVM_Task"
    assert "Unable to resolve WSDL method name CreateSecondaryVM_Task" in first_line(call, client="2.5u2")


def test_a_wrong_namespace() -> None:
    old = '<Login xmlns="urn:vim2"><_this>s</_this><userName>u</userName><password>p</password></Login>'
    assert decode(old, client="2.0", server="5.5").method.name == "Login"
    assert refused(old).text == (
        'Unsupported namespace "urn:vim2" in content of SOAP body\n\n'
        "while parsing SOAP body\nat line 1, column 82\n\n"
        f"while parsing SOAP envelope\nat line 1, column 22\n\n{TAIL}"
    )


def test_a_call_needs_no_namespace_up_to_6_5() -> None:
    """[observed: output of 6.5 and older]"""
    call = "<Login><_this>s</_this><userName>u</userName><password>p</password></Login>"
    document = f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{call}</e:Body></e:Envelope>'
    envelope = parse_envelope(document.encode())
    assert decode_call(envelope, version("6.5"), release("6.5")).arguments == {
        "userName": "u",
        "password": "p",
    }
    with pytest.raises(ParseFault, match='Unsupported namespace "" in content of SOAP body'):
        decode_call(envelope, version("6.7"), release("6.7"))


@pytest.mark.parametrize("object_type", ["HostSystem", "ManagedEntity", "NoSuchType", ""])
def test_a_method_of_another_type(object_type: str) -> None:
    fault = refused(f'<PowerOnVM_Task {VIM25}><_this type="{object_type}">x</_this></PowerOnVM_Task>')
    assert fault.fault == DataObject("InvalidType")
    assert fault.text == "The request refers to an unexpected or unknown type."


# ---- first lines ---------------------------------------------------------------------------------------


def login(content: str) -> str:
    return f"<Login {VIM25} {SCHEMAS}><_this>s</_this>{content}</Login>"


NAME, WORD = "<userName>u</userName>", "<password>p</password>"


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (f"<Login {VIM25}/>", "Got </Login> tag when expecting <_this> tag"),
        (f"<Login {VIM25}>{NAME}</Login>", "Got <userName> tag when expecting <_this> tag"),
        (login(""), "Required parameter userName is missing"),
        (login(NAME), "Required parameter password is missing"),
        (login(WORD + NAME), "Required parameter userName is missing"),
        (login(NAME + NAME + WORD), "Got <userName> tag when expecting <password> tag"),
        (login(f"<user>u</user>{NAME}{WORD}"), "Got <user> tag when expecting <userName> tag"),
        (login(f"{NAME}{WORD}<token>t</token>"), 'Unexpected element tag "token" seen'),
        (login(f"{NAME}{WORD}{WORD}"), 'Unexpected element tag "password" seen'),
        (
            login(f"{NAME}{WORD}<locale>en</locale><locale>en</locale>"),
            'Unexpected element tag "locale" seen',
        ),
        (login(f"<userName><b>u</b></userName>{WORD}"), 'Unexpected element tag "b" seen'),
        (login(f'<userName xsi:type="xsd:int">1</userName>{WORD}'), "Type int is not derived from string"),
        (
            login(f'<userName xsi:type="no:string">1</userName>{WORD}'),
            "Attribute value no:string uses an undefined namespace prefix no",
        ),
    ],
)
def test_parameters(call: str, line: str) -> None:
    assert first_line(call) == line


def reconfigure(content: str) -> str:
    return f"<ReconfigVM_Task {VIM25} {SCHEMAS}><_this>vm-1</_this><spec>{content}</spec></ReconfigVM_Task>"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("<color>red</color>", 'Unexpected element tag "color" seen'),
        ("<dynamicType>x</dynamicType>", 'Unexpected element tag "dynamicType" seen'),
        ("<name>a</name><dynamicType/>", 'Unexpected element tag "dynamicType" seen'),
        ("<annotation>a</annotation><name>n</name>", 'Unexpected element tag "name" seen'),
        ("<name>a</name><name>b</name>", 'Unexpected element tag "name" seen'),
        (
            "<extraConfig><key>a</key></extraConfig><name>b</name><extraConfig><key>c</key></extraConfig>",
            'Unexpected element tag "name" seen',
        ),
        (
            "<deviceChange><operation>add</operation></deviceChange>",
            "Required property device is missing from data object of type VirtualDeviceConfigSpec",
        ),
        ("<numCPUs>two</numCPUs>", 'Unable to parse "two" as int'),
        ("<numCPUs>2147483648</numCPUs>", 'Unable to parse "2147483648" as int'),
        ("<memoryMB>1e3</memoryMB>", 'Unable to parse "1e3" as long'),
        ("<tools><afterPowerOn>yes</afterPowerOn></tools>", 'Unable to parse "yes" as boolean'),
        ("<changeTrackingEnabled/>", 'Unable to parse "" as boolean'),
        (
            "<deviceChange><operation>paint</operation><device><key>1</key></device></deviceChange>",
            'Unable to parse "paint" as VirtualDeviceConfigSpecOperation',
        ),
        (
            '<deviceChange><device xsi:type="AboutInfo"><key>1</key></device></deviceChange>',
            "Type AboutInfo is not derived from VirtualDevice",
        ),
        (
            '<deviceChange><device xsi:type="Toaster"><key>1</key></device></deviceChange>',
            "Unable to resolve WSDL type name Toaster",
        ),
        ("<extraConfig><key>a</key><value>b</value></extraConfig>", "Attribute xsi:type is missing"),
        (
            '<extraConfig><key>a</key><value xsi:type="ArrayOfToaster"/></extraConfig>',
            "Unable to resolve WSDL type name ArrayOfToaster",
        ),
        (
            '<extraConfig><key>a</key><value xsi:type="ArrayOfArrayOfInt"/></extraConfig>',
            "Unable to resolve WSDL type name ArrayOfArrayOfInt",
        ),
        (
            '<extraConfig><key>a</key><value xsi:type="anyType"/></extraConfig>',
            "Unable to resolve WSDL type name anyType",
        ),
        (
            '<extraConfig><key>a</key><value xsi:type="ArrayOfInt"><long>1</long></value></extraConfig>',
            "Got <long> tag when expecting <int> tag",
        ),
        (
            '<extraConfig><key>a</key><value xsi:type="ManagedObjectReference">x</value></extraConfig>',
            "Attribute type is missing",
        ),
        (
            '<extraConfig><key>a</key><value xsi:type="ManagedObjectReference" type="T">x</value>'
            "</extraConfig>",
            "Unable to resolve WSDL type name T",
        ),
    ],
)
def test_values(content: str, line: str) -> None:
    assert first_line(reconfigure(content)) == line


def test_what_is_newer_than_the_client_is_unknown() -> None:
    property_of_8_0 = reconfigure("<vmxStatsCollectionEnabled>true</vmxStatsCollectionEnabled>")
    assert decode(property_of_8_0, client="7.0.3.1").arguments
    assert first_line(property_of_8_0, client="7.0.2.0") == (
        'Unexpected element tag "vmxStatsCollectionEnabled" seen'
    )
    type_of_6_5 = reconfigure(
        '<deviceChange><device xsi:type="VirtualNVMEController"><key>1</key><busNumber>0</busNumber></device>'
        "</deviceChange>"
    )
    assert decode(type_of_6_5, client="6.5").arguments
    assert first_line(type_of_6_5, client="6.0") == "Unable to resolve WSDL type name VirtualNVMEController"
    parameter_of_6_0 = (
        f"<EnterMaintenanceMode_Task {VIM25}><_this>h</_this><timeout>0</timeout><maintenanceSpec/>"
        "</EnterMaintenanceMode_Task>"
    )
    assert decode(parameter_of_6_0, client="6.0").arguments
    assert first_line(parameter_of_6_0, client="5.0") == 'Unexpected element tag "maintenanceSpec" seen'


SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("<html/>", "Got <html> tag when expecting <Envelope> tag"),
        (f'<Envelope xmlns="{SOAP_12}"/>', f'Unsupported namespace "{SOAP_12}" of SOAP envelope'),
        (f'<Envelope xmlns="{SOAP_11}"/>', "Got </Envelope> tag when expecting <Body> tag"),
        (f'<Envelope xmlns="{SOAP_11}"><Body/></Envelope>', "Got </Body> tag when expecting a method's tag"),
        (f'<Envelope xmlns="{SOAP_11}"><Body><a/><b/></Body></Envelope>', 'Unexpected element tag "b" seen'),
        ("<!DOCTYPE a><a/>", "XML document type declarations are not accepted"),
    ],
)
def test_what_is_no_request(document: str, line: str) -> None:
    with pytest.raises(ParseFault) as raised:
        parse_envelope(document.encode())
    assert raised.value.text.partition("\n")[0] == line
    assert raised.value.text.endswith(TAIL)
    assert raised.value.fault == DataObject("InvalidRequest")


def test_values_nested_as_deep_as_a_document_may_be_are_read_or_refused() -> None:
    def nested(levels: int) -> str:
        inside = '<value xsi:type="KeyAnyValue"><key>k</key>' * levels
        innermost = '<value xsi:type="xsd:string">x</value>'
        return reconfigure(f"<extraConfig><key>k</key>{inside}{innermost}{'</value>' * levels}</extraConfig>")

    assert decode(nested(120)).arguments
    assert "depth exceeds" in first_line(nested(130))


SEED = reconfigure(
    '<name>n</name><deviceChange><device xsi:type="VirtualDisk"><key>1</key></device></deviceChange>'
    '<extraConfig><key>a</key><value xsi:type="ArrayOfString"><string>b</string></value></extraConfig>'
)
PIECES = re.split(r"(?=<)|(?<=>)", f"{START}{SEED}{END}")
STRANGE = [
    "<",
    ">",
    "&",
    '"',
    "\x00",
    "</",
    "<a>",
    "<fault/>",
    'xsi:type="',
    'type="',
    "x:",
    "ArrayOf",
    "MethodFault",
]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(PIECES + STRANGE), st.integers(0, len(PIECES)), st.booleans()), max_size=4
    )
)
def test_a_broken_request_is_answered_whatever_broke(damage: list[tuple[str, int, bool]]) -> None:
    pieces = list(PIECES)
    for piece, place, instead in damage:
        pieces[place : place + instead] = [piece]
    answer = answered("".join(pieces).encode())
    if isinstance(answer, ParseFault):
        assert answer.text.endswith("at line 1, column 0") or answer.fault == DataObject("InvalidType")


def answered(document: bytes) -> DecodedCall | ParseFault:
    try:
        return decode_call(parse_envelope(document), V8, release())
    except ParseFault as fault:
        return fault
