"""Where news comes from: the lists of the sources, and how pages are fetched."""

from pydantic import Field

from settings.tables import Group, Plugins


class SinaSettings(Group):
    """The source `sina`: Sina's top list of a day."""

    list_url: str = Field(
        "https://top.{channel}.sina.com.cn/ws/GetTopDataList.php",
        pattern=r"^https?://",
        description="Address of the list; {channel} becomes news, sports, finance, ent, tech or "
        "collection.",
    )


class SinaRollSettings(Group):
    """The source `sina-roll`: Sina's rolling list of a day."""

    list_url: str = Field(
        "https://feed.mix.sina.com.cn/api/roll/get",
        pattern=r"^https?://",
        description="Address of the list.",
    )
    page_rows: int = Field(
        50, ge=1, le=50, description="Rows asked for at once; Sina gives at most 50."
    )
    max_pages: int = Field(
        40,
        ge=1,
        le=400,
        description="Pages read for one day, at most; of a past day that has more, pages spread "
        "evenly over it.",
    )


class Sources(Plugins):
    """`[sources.NAME]`: options of sources."""

    sina: SinaSettings = SinaSettings()
    sina_roll: SinaRollSettings = SinaRollSettings()


class FetchSettings(Group):
    """How pages are fetched."""

    concurrency: int = Field(8, ge=1, le=256, description="Requests under way at once, in all.")
    per_host: int = Field(2, ge=1, le=64, description="Requests under way at once to one host.")
    host_delay_s: float = Field(
        0.2, ge=0, le=60, description="Least time between two starts of requests to one host."
    )
    connect_timeout_s: float = Field(10, gt=0, le=300, description="Time limit of a connection.")
    read_timeout_s: float = Field(15, gt=0, le=300, description="Longest silence of a server.")
    total_timeout_s: float = Field(45, gt=0, le=900, description="Time limit of one attempt.")
    max_bytes: int = Field(
        5_000_000, ge=1_000, le=200_000_000, description="Largest body, decompressed, in bytes."
    )
    max_redirects: int = Field(5, ge=0, le=20, description="Redirects followed for one page.")
    attempts: int = Field(4, ge=1, le=10, description="Attempts at what fails for a while.")
    retry_delay_s: float = Field(
        1.0, ge=0, le=60, description="Wait before the second attempt; doubles for each after it."
    )
    max_retry_after_s: float = Field(
        60, ge=0, le=3600, description="Longest wait that a server's Retry-After is granted."
    )
    private_hosts: bool = Field(
        False,
        description="Whether pages may lie on loopback and private addresses. Lists are other "
        "people's input: leave it off unless the news site is your own.",
    )
    user_agent: str = Field(
        "", description="User-Agent of every request; empty: Pressrun's name and version."
    )
    extract_timeout_s: float = Field(
        20, gt=0, le=600, description="Time limit of reading one page, in a worker process."
    )
    extract_workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Worker processes that read pages; 0: one for each core, at most 4.",
    )
