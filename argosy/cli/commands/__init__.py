"""The commands, one file each, and the table of them."""

from collections.abc import Mapping

from argosy.cli.command import Entry

ENTRIES: Mapping[str, Entry] = {
    "admin": Entry("argosy.cli.commands.admin", "Look after an installation"),
    "app": Entry("argosy.cli.commands.app", "Manage applications"),
    "chart": Entry("argosy.cli.commands.chart", "Look after charts"),
    "cluster": Entry("argosy.cli.commands.cluster", "Manage clusters"),
    "completion": Entry("argosy.cli.commands.completion", "Print the completion script of a shell"),
    "context": Entry("argosy.cli.commands.context", "Switch between servers"),
    "diff": Entry("argosy.cli.commands.diff", "Compare manifests with live objects without a server"),
    "explain": Entry("argosy.cli.commands.explain", "Say why an application is as it is, and what happens next"),
    "health": Entry("argosy.cli.commands.health", "Say how objects in a file are, without a server"),
    "login": Entry("argosy.cli.commands.login", "Log in to a server"),
    "logout": Entry("argosy.cli.commands.logout", "Log out of a server"),
    "proj": Entry("argosy.cli.commands.proj", "Show projects"),
    "render": Entry("argosy.cli.commands.render", "Render a folder or an application's file without a server"),
    "repo": Entry("argosy.cli.commands.repo", "Manage repositories"),
    "repocreds": Entry("argosy.cli.commands.repocreds", "Manage credentials that repositories share"),
    "up": Entry("argosy.cli.commands.up", "Run Argosy on this machine against a cluster"),
    "version": Entry("argosy.cli.commands.version", "Print version information"),
}
