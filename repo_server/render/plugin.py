"""What a plugin prints -> manifests. Argo CD 2.40 to 2.42 and 2.47. The plugin itself is run by `repo_server.plugins`.

A plugin may read what nobody sees it read, so what it rendered is believed for its commit only, and for a time. The
annotation `manifest-generate-paths` says which files count instead; other tools do not need it, and it has no effect.
"""

from collections.abc import Mapping

from argosy.engine import rendered
from argosy.gateways.tools.port import File, ReadFile, UnreadableFile
from argosy.wire.repo_server import ParameterAnnouncement
from repo_server.errors import Refused
from repo_server.plugins.checkout import annotated
from repo_server.plugins.plugins import Plugin, Plugins
from repo_server.product import Product
from repo_server.render.environment import without_revision
from repo_server.render.job import Job, encoded, written
from repo_server.tree import Tree


async def render(job: Job, plugins: Plugins) -> Product:
    """Run the plugin that the source names, or the first that says it is for its folder. Raises `Refused`."""
    plugin = await chosen(job, plugins)
    output = await plugins.render(
        plugin,
        tree=await _given(job),
        path=job.path,
        environment=environment(job),
        options=job.source.plugin,
        generate_paths=job.generate_paths,
        access=await job.elsewhere.own() if plugin.spec.provide_git_creds else None,
    )
    name = f"output of plugin {plugin.name}"
    (answer,) = await job.tools.yaml([File(path=name, content=output)])
    match answer:
        case ReadFile(documents=documents):
            manifests = rendered.manifests_of(written(documents))
        case UnreadableFile(document=document, line=line, message=message):
            raise Refused("render_failed", f"{name}, document {document}, line {line}: {message}")
    return Product(source_type="Plugin", manifests=encoded(manifests), hermetic=False)


async def _given(job: Job) -> Tree:
    """Return the tree that the plugin gets; what counts of it is all, or what the user says by annotation (2.61)."""
    if not job.generate_paths:
        return job.tree
    for place in annotated(job.path, job.generate_paths):
        await job.tree.find(place)
        job.tree.record.whole.add(place)
    return job.tree.unread()


async def discovered(job: Job, plugins: Plugins) -> Plugin | None:
    """Return the plugin that says it is for the job's folder, None if there is none."""
    return await plugins.discover(job.tree.unread(), job.path, environment=environment(job), options=job.source.plugin)


async def announced(job: Job, plugins: Plugins) -> tuple[ParameterAnnouncement, ...]:
    """Return the parameters that the job's plugin takes."""
    return await plugins.announce(
        await chosen(job, plugins),
        tree=job.tree.unread(),
        path=job.path,
        environment=environment(job),
        options=job.source.plugin,
    )


async def chosen(job: Job, plugins: Plugins) -> Plugin:
    """Return the plugin of a job. Raises `Refused` if there is none."""
    name = job.source.plugin.name if job.source.plugin else ""
    if name:
        return await plugins.named(name)
    found = await discovered(job, plugins)
    if found is None:
        raise Refused("render_failed", "no plugin says that it is for this folder; name one in spec.source.plugin.name")
    return found


def environment(job: Job) -> Mapping[str, str]:
    """Return the build environment as a plugin gets it."""
    return {
        **job.variables.values,
        "KUBE_VERSION": job.kube_version.replace("+", ""),
        "KUBE_API_VERSIONS": ",".join(job.api_versions),
    }


async def told(job: Job, plugins: Plugins) -> object:
    """Return what decides a render besides the source: all that the plugin is told, and the plugin itself.

    Of a user who says which paths count, the commit does not: that is what the annotation is for.
    """
    told = environment(job)
    if job.generate_paths:
        told = without_revision(told)
    return [told, job.generate_paths, (await chosen(job, plugins)).fingerprint]
