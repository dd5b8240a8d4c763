"""Frameworks asked in processes of their own, which they may kill."""

import json

import pytest
from typer.testing import CliRunner

from poolkit import ArgumentError
from poolkit.cli.application import application
from poolkit.doctor import find_framework
from poolkit.doctor.visit import visit


def test_a_framework_that_is_well(fake):
    fake("well")
    answered = []
    finding = visit("fake", 5, answered=lambda: answered.append(1))
    assert finding.is_well
    assert finding.asked == len(answered) == 5


@pytest.mark.parametrize("way", ["abort", "exit", "import"])
def test_a_process_that_ends(fake, way):
    fake(way)
    finding = visit("fake", 5)
    assert not finding.is_well
    assert finding.asked == 2
    assert finding.crash.startswith("max_pool1d(kernel_size=")
    reason = {"abort": "SIGABRT", "exit": "with status 0", "import": "libfake.so is damaged"}[way]
    assert reason in finding.crash


def test_a_process_that_hangs(fake):
    fake("hang")
    finding = visit("fake", 5, longest=3)
    assert finding.asked <= 2
    assert "took longer than 3 seconds" in finding.crash


def test_what_a_framework_prints_is_no_answer(fake):
    fake("noise")
    finding = visit("fake", 3)
    assert finding.is_well
    assert finding.asked == 3


def test_a_framework_that_cannot_be_drawn_for(fake):
    fake("draw")
    finding = visit("fake", 3)
    assert finding.crash.startswith("call 0: ")


def test_departures_of_a_process(fake):
    fake("wrong")
    finding = visit("fake", 4)
    assert len(finding.departures) == finding.asked == 4
    assert finding.departures[0]["rule"] == "the value of a window"
    assert "max_pool1d" in finding.departures[0]["said"]


def test_frameworks_are_known_by_name():
    with pytest.raises(ArgumentError, match="be one of torch"):
        find_framework("cafe")


@pytest.mark.parametrize(
    ("way", "status", "said"),
    [
        ("well", 0, "4 calls, all as they should be"),
        ("wrong", 1, "the value of a window, 4 times, first:"),
        ("abort", 1, "its process ended"),
    ],
)
def test_the_command(fake, way, status, said):
    fake(way)
    command = ["doctor", "--framework", "fake", "--draws", "4"]
    result = CliRunner().invoke(application, command)
    assert result.exit_code == status
    assert said in result.stdout


def test_the_command_for_machines(fake):
    fake("wrong")
    command = ["doctor", "--framework", "fake", "--draws", "2", "--json"]
    result = CliRunner().invoke(application, command)
    assert result.exit_code == 1
    facts = json.loads(result.stdout)["fake"]
    assert facts["asked"] == 2
    assert not facts["is_well"]
    assert {"said", "rule", "report", "output", "cells"} <= set(facts["departures"][0])


def test_frameworks_that_are_not_there(fake, monkeypatch):
    framework = find_framework("fake")
    assert framework.obstacle() is None
    monkeypatch.setattr("poolkit.doctor.framework._version", lambda package: None)
    assert framework.obstacle() == "numpy not installed"
    assert visit("fake", 3).version is None
    result = CliRunner().invoke(application, ["doctor", "--framework", "fake"])
    assert result.exit_code == 2
    assert "fake cannot be asked: numpy not installed." in result.output
    result = CliRunner().invoke(application, ["doctor"])
    assert result.exit_code == 0
    assert "not installed" in result.stdout


def test_versions_that_no_dialect_is_about(fake, monkeypatch):
    framework = find_framework("fake")
    monkeypatch.setattr(type(framework), "version", lambda self: None)
    assert framework.obstacle() == "installed in a version that its dialect is not about"


def test_unknown_frameworks_are_named_by_the_option():
    result = CliRunner().invoke(application, ["doctor", "--framework", "cafe"])
    assert result.exit_code == 2
    assert "`--framework` must be one of torch" in result.output
