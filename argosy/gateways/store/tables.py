"""The tables. Every change here comes with a migration in `migrations/versions`; a test compares the two.

Large and private documents are sealed bytes (see `sealing`); the rest are columns that questions are asked of.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)

from argosy.gateways.store.columns import Moment, Words

# SQLite counts up only a column that is INTEGER to the letter.
_Id = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

fence = Table(
    "fence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
)

manifests = Table(
    "manifests",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("sealed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

manifest_sets = Table(
    "manifest_sets",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("kept_at", Moment, nullable=False),
)

manifest_set_members = Table(
    "manifest_set_members",
    metadata,
    Column("set_id", _Id, ForeignKey("manifest_sets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("manifest_id", _Id, ForeignKey("manifests.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

inventory = Table(
    "inventory",
    metadata,
    Column("cluster", Words, primary_key=True),
    Column("group", Words, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("namespace", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("control_namespace", Words, nullable=False),
    Column("instance", Words, nullable=False),
    Column("uid", Words, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("operation_id", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("manifest_id", _Id, ForeignKey("manifests.id"), index=True),
    Column("receipt", Words, nullable=False, server_default=""),
    Index(None, "control_namespace", "instance"),
    sqlite_with_rowid=False,
)

operations = Table(
    "operations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("control_namespace", Words, nullable=False),
    Column("instance", Words, nullable=False),
    Column("application_uid", Words, nullable=False),
    Column("requested_by", Words, nullable=False),
    Column("automated", Boolean, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("outcome", String(16)),
    Column("message", Words),
    Column("ended_at", Moment, index=True),
    Index(None, "control_namespace", "instance", "started_at"),
)

# One open operation per application; the database itself refuses a second.
Index(
    "ix_operations_open",
    operations.c.control_namespace,
    operations.c.instance,
    unique=True,
    sqlite_where=text("outcome IS NULL"),
    postgresql_where=text("outcome IS NULL"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("operation_id", String(32), ForeignKey("operations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("plan", LargeBinary, nullable=False),
    Column("manifest_set", String(64), ForeignKey("manifest_sets.digest"), index=True),
    Column("started_at", Moment, nullable=False),
    Column("outcome", String(16)),
    Column("message", Words),
    Column("ended_at", Moment),
)

steps = Table(
    "steps",
    metadata,
    Column("operation_id", String(32), primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("phase", String(16), nullable=False),
    Column("wave", Integer, nullable=False),
    Column("group", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("namespace", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("action", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("message", Words, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("hook", Words, nullable=False),
    Column("uid", Words, nullable=False),
    Column("changed_at", Moment),
    ForeignKeyConstraint(["operation_id", "attempt"], ["attempts.operation_id", "attempts.number"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

history = Table(
    "history",
    metadata,
    Column("control_namespace", Words, primary_key=True),
    Column("instance", Words, primary_key=True),
    Column("application_uid", Words, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("deployed_at", Moment, nullable=False),
    Column("operation_id", String(32), nullable=False, index=True),
    Column("manifest_set", String(64), ForeignKey("manifest_sets.digest"), index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False),
    Column("verb", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("request_id", Words, nullable=False),
    Column("parameters", Words, nullable=False),
    Column("digest", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti", Words, primary_key=True),
    Column("until", Moment, nullable=False),
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("user_digest", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)
