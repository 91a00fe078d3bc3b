"""The SQL memory: inventory, operations, history, manifest sets, audit, sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_manifests()
    create_inventory()
    create_fence()
    create_operations()
    create_attempts()
    create_steps()
    create_history()
    create_audit()
    create_sign_ins()


def create_manifests() -> None:
    op.create_table(
        "manifests",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_manifests"),
        sa.UniqueConstraint("digest", name="uq_manifests_digest"),
    )
    op.create_table(
        "manifest_sets",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_manifest_sets"),
        sa.UniqueConstraint("digest", name="uq_manifest_sets_digest"),
    )
    op.create_table(
        "manifest_set_members",
        sa.Column("set_id", COUNTER, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("manifest_id", COUNTER, nullable=False),
        sa.PrimaryKeyConstraint("set_id", "position", name="pk_manifest_set_members"),
        sa.ForeignKeyConstraint(
            ["set_id"], ["manifest_sets.id"], name="fk_manifest_set_members_manifest_sets", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifests.id"], name="fk_manifest_set_members_manifests"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_manifest_set_members_manifest_id", "manifest_set_members", ["manifest_id"])


def create_inventory() -> None:
    op.create_table(
        "inventory",
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("control_namespace", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("operation_id", sa.String(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("manifest_id", COUNTER),
        sa.PrimaryKeyConstraint("cluster", "group", "kind", "namespace", "name", name="pk_inventory"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifests.id"], name="fk_inventory_manifests"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inventory_manifest_id", "inventory", ["manifest_id"])
    op.create_index("ix_inventory_control_namespace_instance", "inventory", ["control_namespace", "instance"])


def create_fence() -> None:
    op.create_table(
        "fence",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fence"),
    )


def create_operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("control_namespace", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("application_uid", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("automated", sa.Boolean(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("message", sa.Text()),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_operations"),
    )
    op.create_index("ix_operations_ended_at", "operations", ["ended_at"])
    op.create_index(
        "ix_operations_control_namespace_instance_started_at",
        "operations",
        ["control_namespace", "instance", "started_at"],
    )
    still_open = sa.text("outcome IS NULL")
    op.create_index(
        "ix_operations_open",
        "operations",
        ["control_namespace", "instance"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("operation_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("manifest_set", sa.String(64)),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("message", sa.Text()),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("operation_id", "number", name="pk_attempts"),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name="fk_attempts_operations", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["manifest_set"], ["manifest_sets.digest"], name="fk_attempts_manifest_sets"),
    )
    op.create_index("ix_attempts_manifest_set", "attempts", ["manifest_set"])


def create_steps() -> None:
    op.create_table(
        "steps",
        sa.Column("operation_id", sa.String(32), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT),
        sa.PrimaryKeyConstraint("operation_id", "attempt", "position", name="pk_steps"),
        sa.ForeignKeyConstraint(
            ["operation_id", "attempt"],
            ["attempts.operation_id", "attempts.number"],
            name="fk_steps_attempts",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )


def create_history() -> None:
    op.create_table(
        "history",
        sa.Column("control_namespace", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("application_uid", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("deployed_at", MOMENT, nullable=False),
        sa.Column("operation_id", sa.String(32), nullable=False),
        sa.Column("manifest_set", sa.String(64)),
        sa.PrimaryKeyConstraint("control_namespace", "instance", "application_uid", "id", name="pk_history"),
        sa.ForeignKeyConstraint(["manifest_set"], ["manifest_sets.digest"], name="fk_history_manifest_sets"),
    )
    op.create_index("ix_history_operation_id", "history", ["operation_id"])
    op.create_index("ix_history_manifest_set", "history", ["manifest_set"])


def create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )


def create_sign_ins() -> None:
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("jti", name="pk_revoked_tokens"),
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("user_digest", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_digest", name="pk_failed_sign_ins"),
    )
