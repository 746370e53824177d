"""Every table, once, for both engines. Times are seconds since 1970, money is millionths of a US dollar.

What people wrote, and what opens a door to them, is Sealed.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

from bot.store.sealing import Sealed

metadata = MetaData()

# SQLite counts rows by itself only in a column that is called INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")

jobs = Table(
    "jobs",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),  # what asked for it: the same interaction twice is one job
    Column("verb", Text, nullable=False),
    Column("parent", _Id),
    Column("user_id", BigInteger, nullable=False),
    Column("server_id", BigInteger),
    Column("origin", Sealed(("token", "notes")), nullable=False),
    Column("request", Sealed(("prompt",)), nullable=False),
    Column("model", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("images", Integer, nullable=False),
    # the way through the queue
    Column("state", Text, nullable=False),
    Column("owner", Text),  # the worker that holds it; nobody: it waits
    Column("attempt", Integer, nullable=False, server_default="0"),  # the fence: counts claims
    Column("strikes", Integer, nullable=False, server_default="0"),  # workers that died holding it
    Column("tag", Double, nullable=False),  # virtual time: the least comes first
    Column("weight", Double, nullable=False),
    Column("at_once", Integer, nullable=False),
    Column("server_at_once", Integer, nullable=False),
    Column("ready_at", Double, nullable=False),  # not before
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    # when it was where
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("sent_at", Double),
    Column("generated_at", Double),
    Column("closed_at", Double),
    # what came of it
    Column("task", Text),
    Column("pictures", JSON(none_as_null=True)),
    Column("usage", JSON(none_as_null=True)),
    Column("error", Sealed(("facts",))),
    Column("delivery", JSON(none_as_null=True)),
    # its line in the ledger
    Column("reserved_images", Integer, nullable=False),
    Column("reserved_cost", BigInteger, nullable=False),
    Column("doubtful_cost", BigInteger, nullable=False, server_default="0"),  # calls that may have been billed
    Column("settled_images", Integer),
    Column("settled_cost", BigInteger),
    sqlite_autoincrement=True,  # the number of a job that was removed is not given to another
)

# Partial indexes: finished jobs cost a claim nothing, however many there are. Queries must spell the same words.
Index(
    "jobs_waiting",
    jobs.c.provider,
    jobs.c.tag,
    jobs.c.id,
    sqlite_where=text("closed_at IS NULL AND owner IS NULL"),
    postgresql_where=text("closed_at IS NULL AND owner IS NULL"),
)
Index(  # when the clock alone makes something claimable
    "jobs_ready",
    jobs.c.ready_at,
    sqlite_where=text("closed_at IS NULL AND owner IS NULL"),
    postgresql_where=text("closed_at IS NULL AND owner IS NULL"),
)
Index(
    "jobs_waiting_by_user",
    jobs.c.user_id,
    jobs.c.id,
    sqlite_where=text("closed_at IS NULL AND owner IS NULL"),
    postgresql_where=text("closed_at IS NULL AND owner IS NULL"),
)
Index(
    "jobs_held",
    jobs.c.user_id,
    jobs.c.id,
    sqlite_where=text("closed_at IS NULL AND owner IS NOT NULL"),
    postgresql_where=text("closed_at IS NULL AND owner IS NOT NULL"),
)
Index("jobs_by_user", jobs.c.user_id, jobs.c.id)
Index("jobs_by_server", jobs.c.server_id, jobs.c.created_at)
Index("jobs_by_parent", jobs.c.parent)
Index(  # without the open ones: SQLite would look for what is open here, and find all that waits
    "jobs_closed",
    jobs.c.closed_at,
    sqlite_where=text("closed_at IS NOT NULL"),
    postgresql_where=text("closed_at IS NOT NULL"),
)

lanes = Table(  # one per user: where the next job of theirs would stand
    "lanes",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tag", Double, nullable=False),
    Column("last_at", Double, nullable=False),
)

queues = Table(  # one per provider: how far virtual time has come, and up to when its pace is spoken for
    "queues",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("floor", Double, nullable=False, server_default="0"),
    Column("paid_until", Double, nullable=False, server_default="0"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("lease_until", Double, nullable=False),
)

accounts = Table(  # one per user, server or everyone, and per hour, day or month
    "accounts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("ends_at", Double, nullable=False),
    Column("images_reserved", BigInteger, nullable=False),
    Column("images_settled", BigInteger, nullable=False),
    Column("images_released", BigInteger, nullable=False),
    Column("cost_reserved", BigInteger, nullable=False),
    Column("cost_settled", BigInteger, nullable=False),
    Column("cost_released", BigInteger, nullable=False),
)
Index("accounts_by_end", accounts.c.ends_at)

timings = Table(  # how long a job takes, measured
    "timings",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("images", Integer, primary_key=True, autoincrement=False),
    Column("seconds", Double, nullable=False),
    Column("jobs", Integer, nullable=False),
)

audit = Table(  # what moderators and the owner have done; without a server: for the whole bot
    "audit",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("server_id", BigInteger),
    Column("actor_id", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("deed", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
)
Index("audit_by_server", audit.c.server_id, audit.c.id)
Index("audit_by_time", audit.c.at)

reports = Table(  # what people have said of pictures: one each of a job
    "reports",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("job_id", _Id, nullable=False),
    Column("server_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("reporter_id", BigInteger, nullable=False),
    Column("told", Sealed(("reason",)), nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("closed_by", BigInteger),
    Column("closed_at", Double),
)
Index("reports_once", reports.c.job_id, reports.c.reporter_id, unique=True)
Index("reports_by_server", reports.c.server_id, reports.c.state, reports.c.id)

notices = Table(  # what a server's log or the owner is to be told, once, by whichever process comes first
    "notices",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("server_id", BigInteger),
    Column("facts", JSON(none_as_null=True), nullable=False),
    Column("at", Double, nullable=False),
    Column("ready_at", Double, nullable=False),  # not before; a process that takes it puts this off
    Column("tries", Integer, nullable=False),
    Column("told_at", Double),
)
Index(
    "notices_untold",
    notices.c.ready_at,
    sqlite_where=text("told_at IS NULL"),
    postgresql_where=text("told_at IS NULL"),
)

preferences = Table(
    "preferences",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("subject", BigInteger, primary_key=True, autoincrement=False),
    Column("values", Sealed(("latest", "pins")), nullable=False),
    Column("changed_at", Double, nullable=False),
)

seals = Table(  # the names of the keys that rows may be sealed with
    "seals",
    metadata,
    Column("key", Text, primary_key=True),
)
