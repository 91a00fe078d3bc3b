"""The checked-in CustomResourceDefinitions are those of the models, and have the field paths that users rely on."""

from collections.abc import Iterator

import pytest
import yaml

from argosy.wire import crd

PATHS = {
    "applications.yaml": """
        spec.project spec.destination.server spec.destination.name spec.destination.namespace
        spec.source.repoURL spec.source.path spec.source.targetRevision spec.source.chart spec.source.ref
        spec.source.name spec.source.tagPrefix spec.sources[].repoURL spec.sources[].ref
        spec.source.helm.valueFiles[] spec.source.helm.parameters[].forceString spec.source.helm.fileParameters[].path
        spec.source.helm.releaseName spec.source.helm.values spec.source.helm.valuesObject spec.source.helm.version
        spec.source.helm.passCredentials spec.source.helm.ignoreMissingValueFiles spec.source.helm.skipCrds
        spec.source.helm.skipTests spec.source.helm.skipSchemaValidation spec.source.helm.namespace
        spec.source.helm.kubeVersion spec.source.helm.apiVersions[]
        spec.source.kustomize.namePrefix spec.source.kustomize.images[] spec.source.kustomize.commonLabels.*
        spec.source.kustomize.commonAnnotationsEnvsubst spec.source.kustomize.forceCommonLabels
        spec.source.kustomize.labelWithoutSelector spec.source.kustomize.labelIncludeTemplates
        spec.source.kustomize.replicas[].count spec.source.kustomize.patches[].target.labelSelector
        spec.source.kustomize.patches[].options.* spec.source.kustomize.components[]
        spec.source.kustomize.ignoreMissingComponents spec.source.kustomize.apiVersions[]
        spec.source.directory.recurse spec.source.directory.disableExtensionFilter
        spec.source.directory.jsonnet.extVars[].code spec.source.directory.jsonnet.tlas[].name
        spec.source.directory.jsonnet.libs[] spec.source.plugin.env[].value
        spec.source.plugin.parameters[].string spec.source.plugin.parameters[].array[]
        spec.source.plugin.parameters[].map.*
        spec.sourceHydrator.drySource.repoURL spec.sourceHydrator.syncSource.targetBranch
        spec.sourceHydrator.hydrateTo.targetBranch
        spec.syncPolicy.automated.prune spec.syncPolicy.automated.selfHeal spec.syncPolicy.automated.allowEmpty
        spec.syncPolicy.automated.enabled spec.syncPolicy.syncOptions[] spec.syncPolicy.retry.limit
        spec.syncPolicy.retry.refresh spec.syncPolicy.retry.backoff.factor spec.syncPolicy.retry.backoff.maxDuration
        spec.syncPolicy.managedNamespaceMetadata.labels.*
        spec.ignoreDifferences[].managedFieldsManagers[] spec.ignoreDifferences[].jqPathExpressions[]
        spec.info[].name spec.revisionHistoryLimit
        operation.sync.revision operation.sync.syncStrategy.apply.force operation.sync.syncStrategy.hook.force
        operation.sync.resources[].kind operation.sync.manifests[] operation.sync.autoHealAttemptsCount
        operation.sync.sources[].chart operation.initiatedBy.automated operation.info[].value operation.retry.limit
        status.sync.comparedTo.ignoreDifferences[].kind status.sync.revisions[] status.health.lastTransitionTime
        status.resources[].requiresDeletionConfirmation status.resources[].syncWave status.resourceHealthSource
        status.conditions[].lastTransitionTime status.operationState.syncResult.resources[].hookPhase
        status.operationState.syncResult.resources[].images[] status.operationState.retryCount
        status.operationState.operation.sync.prune status.operationState.syncResult.managedNamespaceMetadata.labels.*
        status.history[].deployStartedAt status.history[].initiatedBy.username status.summary.externalURLs[]
        status.summary.isAppOfApps status.sourceType status.sourceTypes[] status.reconciledAt status.observedAt
        status.controllerNamespace status.sourceHydrator.currentOperation.hydratedSHA
        status.sourceHydrator.lastSuccessfulOperation.drySHA status.sourceHydrator.lastComparedDryRevision
    """,
    "appprojects.yaml": """
        spec.description spec.sourceRepos[] spec.destinations[].server spec.sourceNamespaces[]
        spec.clusterResourceWhitelist[].name spec.clusterResourceBlacklist[].group
        spec.namespaceResourceWhitelist[].kind spec.namespaceResourceBlacklist[].kind
        spec.roles[].jwtTokens[].iat spec.roles[].policies[] spec.roles[].groups[]
        spec.syncWindows[].andOperator spec.syncWindows[].syncOverrun spec.syncWindows[].timeZone
        spec.orphanedResources.warn spec.orphanedResources.ignore[].name spec.signatureKeys[].keyID
        spec.sourceIntegrity.git.policies[].gpg.mode spec.permitOnlyProjectScopedClusters
        spec.destinationServiceAccounts[].defaultServiceAccount status.jwtTokensByRole.*.items[].exp
    """,
    "applicationsets.yaml": """
        spec.generators[].list.elements[] spec.generators[].list.elementsYaml spec.generators[].clusters.flatList
        spec.generators[].git.directories[].exclude spec.generators[].git.files[].path
        spec.generators[].git.pathParamPrefix spec.generators[].scmProvider.azureDevOps.teamProject
        spec.generators[].scmProvider.awsCodeCommit.tagFilters[].key
        spec.generators[].scmProvider.bitbucketServer.bearerToken.tokenRef.secretName
        spec.generators[].scmProvider.filters[].pathsDoNotExist[] spec.generators[].pullRequest.azuredevops.repo
        spec.generators[].pullRequest.continueOnRepoNotFoundError
        spec.generators[].pullRequest.filters[].titleMatch spec.generators[].clusterDecisionResource.configMapRef
        spec.generators[].plugin.input.parameters.* spec.generators[].matrix.generators[].git.repoURL
        spec.generators[].matrix.generators[].matrix spec.generators[].merge.mergeKeys[]
        spec.generators[].selector.matchExpressions[].operator spec.template.metadata.finalizers[]
        spec.template.spec.project spec.goTemplate spec.goTemplateOptions[] spec.templatePatch
        spec.syncPolicy.applicationsSync spec.syncPolicy.preserveResourcesOnDeletion
        spec.strategy.rollingSync.steps[].maxUpdate spec.strategy.deletionOrder spec.preservedFields.annotations[]
        spec.ignoreApplicationDifferences[].jqPathExpressions[] spec.applyNestedSelectors
        status.applicationStatus[].targetRevisions[] status.conditions[].reason status.resourcesCount
    """,
}


def paths(schema: dict, prefix: str = "") -> Iterator[str]:
    """Yield every field path of a schema: `a.b`, `a[]` for items, `a.*` for free keys."""
    if prefix:
        yield prefix
    for name, child in schema.get("properties", {}).items():
        yield from paths(child, f"{prefix}.{name}" if prefix else name)
    if "items" in schema:
        yield from paths(schema["items"], f"{prefix}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from paths(schema["additionalProperties"], f"{prefix}.*")
    elif schema.get("x-kubernetes-preserve-unknown-fields"):
        yield f"{prefix}.*"


@pytest.mark.parametrize("name", crd.files())
def test_what_is_checked_in_is_what_the_models_say(name: str) -> None:
    assert (crd.FOLDER / name).read_text() == crd.files()[name], "run `python -m argosy.wire.crd`"


@pytest.mark.parametrize("name", PATHS)
def test_every_field_that_users_rely_on_is_in_the_schema(name: str) -> None:
    schema = yaml.safe_load((crd.FOLDER / name).read_text())["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert set(PATHS[name].split()) - set(paths(schema)) == set()


def test_an_application_set_fits_into_one_stored_object() -> None:
    assert all(len(text) < 1_000_000 for text in crd.files().values())


def test_only_project_destination_and_the_spec_are_required_of_an_application() -> None:
    schema = crd.definition(crd.KINDS[0])["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert schema["required"] == ["metadata", "spec"]
    assert schema["properties"]["spec"]["required"] == ["destination", "project"]
