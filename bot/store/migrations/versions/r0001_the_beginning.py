"""The first tables."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, Text, text

revision = "0001"
down_revision = None  # the way back is the backup that is made before

_ID = BigInteger().with_variant(Integer, "sqlite")
_JSON = JSON(none_as_null=True)


def upgrade() -> None:
    _jobs()
    _indexes_of_jobs()
    _the_way_through_the_queue()
    _what_moderators_do()
    _what_is_counted()


def _jobs() -> None:
    op.create_table(
        "jobs",
        Column("id", _ID, primary_key=True, autoincrement=True),
        Column("key", Text, nullable=False, unique=True),
        Column("verb", Text, nullable=False),
        Column("parent", _ID),
        Column("user_id", BigInteger, nullable=False),
        Column("server_id", BigInteger),
        Column("origin", _JSON, nullable=False),
        Column("request", _JSON, nullable=False),
        Column("model", Text, nullable=False),
        Column("provider", Text, nullable=False),
        Column("images", Integer, nullable=False),
        Column("state", Text, nullable=False),
        Column("owner", Text),
        Column("attempt", Integer, nullable=False, server_default="0"),
        Column("strikes", Integer, nullable=False, server_default="0"),
        Column("tag", Double, nullable=False),
        Column("weight", Double, nullable=False),
        Column("at_once", Integer, nullable=False),
        Column("server_at_once", Integer, nullable=False),
        Column("ready_at", Double, nullable=False),
        Column("cancelled", Boolean, nullable=False, server_default=text("false")),
        Column("created_at", Double, nullable=False),
        Column("started_at", Double),
        Column("sent_at", Double),
        Column("generated_at", Double),
        Column("closed_at", Double),
        Column("task", Text),
        Column("pictures", _JSON),
        Column("usage", _JSON),
        Column("error", _JSON),
        Column("delivery", _JSON),
        Column("reserved_images", Integer, nullable=False),
        Column("reserved_cost", BigInteger, nullable=False),
        Column("doubtful_cost", BigInteger, nullable=False, server_default="0"),
        Column("settled_images", Integer),
        Column("settled_cost", BigInteger),
        sqlite_autoincrement=True,
    )


def _indexes_of_jobs() -> None:
    _partial("jobs_waiting", ["provider", "tag", "id"], "closed_at IS NULL AND owner IS NULL")
    _partial("jobs_ready", ["ready_at"], "closed_at IS NULL AND owner IS NULL")
    _partial("jobs_waiting_by_user", ["user_id", "id"], "closed_at IS NULL AND owner IS NULL")
    _partial("jobs_held", ["user_id", "id"], "closed_at IS NULL AND owner IS NOT NULL")
    op.create_index("jobs_by_user", "jobs", ["user_id", "id"])
    op.create_index("jobs_by_server", "jobs", ["server_id", "created_at"])
    op.create_index("jobs_by_parent", "jobs", ["parent"])
    _partial("jobs_closed", ["closed_at"], "closed_at IS NOT NULL")


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "jobs", columns, sqlite_where=text(where), postgresql_where=text(where))


def _the_way_through_the_queue() -> None:
    op.create_table(
        "lanes",
        Column("user_id", BigInteger, primary_key=True, autoincrement=False),
        Column("tag", Double, nullable=False),
        Column("last_at", Double, nullable=False),
    )
    op.create_table(
        "queues",
        Column("provider", Text, primary_key=True),
        Column("floor", Double, nullable=False, server_default="0"),
        Column("paid_until", Double, nullable=False, server_default="0"),
    )
    op.create_table(
        "workers",
        Column("id", Text, primary_key=True),
        Column("host", Text, nullable=False),
        Column("pid", Integer, nullable=False),
        Column("slots", Integer, nullable=False),
        Column("started_at", Double, nullable=False),
        Column("lease_until", Double, nullable=False),
    )


def _what_moderators_do() -> None:
    op.create_table(
        "audit",
        Column("id", _ID, primary_key=True, autoincrement=True),
        Column("server_id", BigInteger),
        Column("actor_id", BigInteger, nullable=False),
        Column("at", Double, nullable=False),
        Column("deed", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("before", _JSON),
        Column("after", _JSON),
    )
    op.create_index("audit_by_server", "audit", ["server_id", "id"])
    op.create_index("audit_by_time", "audit", ["at"])
    op.create_table(
        "reports",
        Column("id", _ID, primary_key=True, autoincrement=True),
        Column("job_id", _ID, nullable=False),
        Column("server_id", BigInteger),
        Column("channel_id", BigInteger),
        Column("message_id", BigInteger),
        Column("reporter_id", BigInteger, nullable=False),
        Column("told", _JSON, nullable=False),
        Column("state", Text, nullable=False),
        Column("at", Double, nullable=False),
        Column("closed_by", BigInteger),
        Column("closed_at", Double),
    )
    op.create_index("reports_once", "reports", ["job_id", "reporter_id"], unique=True)
    op.create_index("reports_by_server", "reports", ["server_id", "state", "id"])
    op.create_table(
        "notices",
        Column("id", _ID, primary_key=True, autoincrement=True),
        Column("key", Text, nullable=False, unique=True),
        Column("kind", Text, nullable=False),
        Column("server_id", BigInteger),
        Column("facts", _JSON, nullable=False),
        Column("at", Double, nullable=False),
        Column("ready_at", Double, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("told_at", Double),
    )
    untold = text("told_at IS NULL")
    op.create_index("notices_untold", "notices", ["ready_at"], sqlite_where=untold, postgresql_where=untold)


def _what_is_counted() -> None:
    op.create_table(
        "accounts",
        Column("key", Text, primary_key=True),
        Column("ends_at", Double, nullable=False),
        Column("images_reserved", BigInteger, nullable=False),
        Column("images_settled", BigInteger, nullable=False),
        Column("images_released", BigInteger, nullable=False),
        Column("cost_reserved", BigInteger, nullable=False),
        Column("cost_settled", BigInteger, nullable=False),
        Column("cost_released", BigInteger, nullable=False),
    )
    op.create_index("accounts_by_end", "accounts", ["ends_at"])
    op.create_table(
        "timings",
        Column("provider", Text, primary_key=True),
        Column("model", Text, primary_key=True),
        Column("images", Integer, primary_key=True, autoincrement=False),
        Column("seconds", Double, nullable=False),
        Column("jobs", Integer, nullable=False),
    )
    op.create_table(
        "preferences",
        Column("scope", Text, primary_key=True),
        Column("subject", BigInteger, primary_key=True, autoincrement=False),
        Column("values", _JSON, nullable=False),
        Column("changed_at", Double, nullable=False),
    )
    op.create_table("seals", Column("key", Text, primary_key=True))
