"""How a newspaper that prints by itself is watched."""

from typing import Literal

from pydantic import Field, SecretStr

from settings.tables import Group


class AlertSettings(Group):
    """Who is told when a run ends otherwise than it should."""

    addresses: tuple[SecretStr, ...] = Field(
        (),
        description="Apprise addresses, such as mailto://... or ntfy://...; `secret:NAME` is "
        "read from the Prefect Secret block of that name, `env:NAME` from the environment.",
    )
    on: tuple[Literal["failed", "partial", "late", "missing", "undelivered"], ...] = Field(
        ("failed", "partial", "late", "missing", "undelivered"),
        description="What is told: a run that failed or crashed, an edition with stories missing, "
        "a run that did not start in time, a day without an edition, a delivery that failed or of "
        "which nobody knows whether it arrived.",
    )


class MetricsSettings(Group):
    """The end point for Prometheus."""

    port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on loopback where `pressrun up` serves metrics of the editions; 0: none.",
    )
