"""The generators of an ApplicationSet: each makes a list of parameter sets.

Generators nest at most twice (a matrix or merge in a matrix or merge); what is nested is arbitrary JSON in the schema,
as with Argo CD, and is read with `Generator` again when it is used.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from argosy.engine.model.application import ApplicationSpec
from argosy.engine.model.base import Int64, Model

AnyJson = Any
Values = Mapping[str, str]


class SelectorRequirement(Model, frozen=True):
    """A condition on a label or parameter: `In`, `NotIn`, `Exists`, `DoesNotExist`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


class LabelSelector(Model, frozen=True):
    """Kubernetes' label selector."""

    match_labels: Mapping[str, str] = {}
    match_expressions: tuple[SelectorRequirement, ...] = ()


class TemplateMetadata(Model, frozen=True):
    """The metadata of a generated application."""

    name: str = ""
    namespace: str = ""
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    finalizers: tuple[str, ...] = ()


class GeneratorTemplate(Model, frozen=True):
    """What a generator overrides in the set's template."""

    metadata: TemplateMetadata
    spec: ApplicationSpec


class SecretRef(Model, frozen=True):
    """A key of a Secret in the set's namespace."""

    secret_name: str
    key: str


class ConfigMapKeyRef(Model, frozen=True):
    """A key of a ConfigMap in the set's namespace."""

    config_map_name: str
    key: str


class ListGenerator(Model, frozen=True):
    """Parameters written down in the set."""

    elements: tuple[AnyJson, ...] = ()
    template: GeneratorTemplate | None = None
    elements_yaml: str = ""


class ClusterGenerator(Model, frozen=True):
    """One set of parameters per cluster."""

    selector: LabelSelector = LabelSelector()
    template: GeneratorTemplate | None = None
    values: Values = {}
    flat_list: bool = False


class GitDirectoryItem(Model, frozen=True):
    """Directories that are taken, or left out."""

    path: str
    exclude: bool = False


class GitFileItem(Model, frozen=True):
    """Files that are taken, or left out."""

    path: str
    exclude: bool = False


class GitGenerator(Model, frozen=True):
    """One set of parameters per directory, or per file, of a repository."""

    repo_url: str = field(name="repoURL")
    revision: str
    directories: tuple[GitDirectoryItem, ...] = ()
    files: tuple[GitFileItem, ...] = ()
    requeue_after_seconds: Int64 | None = None
    template: GeneratorTemplate | None = None
    path_param_prefix: str = ""
    values: Values = {}


class GithubScm(Model, frozen=True):
    """The repositories of a GitHub organisation."""

    organization: str
    api: str = ""
    token_ref: SecretRef | None = None
    app_secret_name: str = ""
    all_branches: bool = False
    exclude_archived_repos: bool = False


class GitlabScm(Model, frozen=True):
    """The projects of a GitLab group."""

    group: str
    include_subgroups: bool = False
    api: str = ""
    token_ref: SecretRef | None = None
    all_branches: bool = False
    insecure: bool = False
    include_shared_projects: bool | None = None
    topic: str = ""
    ca_ref: ConfigMapKeyRef | None = None
    include_archived_repos: bool | None = None


class GiteaScm(Model, frozen=True):
    """The repositories of a Gitea owner."""

    owner: str
    api: str
    token_ref: SecretRef | None = None
    all_branches: bool = False
    insecure: bool = False
    exclude_archived_repos: bool = False


class BitbucketScm(Model, frozen=True):
    """The repositories of a Bitbucket Cloud workspace."""

    owner: str
    user: str
    app_password_ref: SecretRef | None = None
    all_branches: bool = False


class BasicAuthBitbucketServer(Model, frozen=True):
    """A user name and the Secret of its password."""

    username: str
    password_ref: SecretRef | None = None


class BearerTokenBitbucket(Model, frozen=True):
    """The Secret of a token."""

    token_ref: SecretRef | None = None


class BitbucketServerScm(Model, frozen=True):
    """The repositories of a Bitbucket Server project."""

    project: str
    api: str
    basic_auth: BasicAuthBitbucketServer | None = None
    bearer_token: BearerTokenBitbucket | None = None
    all_branches: bool = False
    insecure: bool = False
    ca_ref: ConfigMapKeyRef | None = None


class AzureDevOpsScm(Model, frozen=True):
    """The repositories of an Azure DevOps team project."""

    organization: str
    team_project: str
    api: str = ""
    access_token_ref: SecretRef | None = None
    all_branches: bool = False


class TagFilter(Model, frozen=True):
    """A tag that a repository must have."""

    key: str
    value: str = ""


class AwsCodeCommitScm(Model, frozen=True):
    """The repositories of AWS CodeCommit."""

    tag_filters: tuple[TagFilter, ...] = ()
    role: str = ""
    region: str = ""
    all_branches: bool = False


class ScmFilter(Model, frozen=True):
    """Conditions that must all hold; several filters are alternatives."""

    repository_match: str | None = None
    paths_exist: tuple[str, ...] = ()
    paths_do_not_exist: tuple[str, ...] = ()
    label_match: str | None = None
    branch_match: str | None = None


class ScmProviderGenerator(Model, frozen=True):
    """One set of parameters per repository of a hosting service."""

    github: GithubScm | None = None
    gitlab: GitlabScm | None = None
    bitbucket: BitbucketScm | None = None
    bitbucket_server: BitbucketServerScm | None = None
    gitea: GiteaScm | None = None
    azure_dev_ops: AzureDevOpsScm | None = None
    filters: tuple[ScmFilter, ...] = ()
    clone_protocol: str = ""
    requeue_after_seconds: Int64 | None = None
    template: GeneratorTemplate | None = None
    values: Values = {}
    aws_code_commit: AwsCodeCommitScm | None = None


class GithubPullRequest(Model, frozen=True):
    """The pull requests of a GitHub repository."""

    owner: str
    repo: str
    api: str = ""
    token_ref: SecretRef | None = None
    app_secret_name: str = ""
    labels: tuple[str, ...] = ()


class GitlabPullRequest(Model, frozen=True):
    """The merge requests of a GitLab project."""

    project: str
    api: str = ""
    token_ref: SecretRef | None = None
    labels: tuple[str, ...] = ()
    pull_request_state: str = ""
    insecure: bool = False
    ca_ref: ConfigMapKeyRef | None = None


class GiteaPullRequest(Model, frozen=True):
    """The pull requests of a Gitea repository."""

    owner: str
    repo: str
    api: str
    token_ref: SecretRef | None = None
    insecure: bool = False
    labels: tuple[str, ...] = ()


class BitbucketServerPullRequest(Model, frozen=True):
    """The pull requests of a Bitbucket Server repository."""

    project: str
    repo: str
    api: str
    basic_auth: BasicAuthBitbucketServer | None = None
    bearer_token: BearerTokenBitbucket | None = None
    insecure: bool = False
    ca_ref: ConfigMapKeyRef | None = None


class BitbucketPullRequest(Model, frozen=True):
    """The pull requests of a Bitbucket Cloud repository."""

    owner: str
    repo: str
    api: str = ""
    basic_auth: BasicAuthBitbucketServer | None = None
    bearer_token: BearerTokenBitbucket | None = None


class AzureDevOpsPullRequest(Model, frozen=True):
    """The pull requests of an Azure DevOps repository."""

    organization: str
    project: str
    repo: str
    api: str = ""
    token_ref: SecretRef | None = None
    labels: tuple[str, ...] = ()


class PullRequestFilter(Model, frozen=True):
    """Conditions on a pull request that must all hold; each is a regular expression."""

    branch_match: str | None = None
    target_branch_match: str | None = None
    title_match: str | None = None


class PullRequestGenerator(Model, frozen=True):
    """One set of parameters per open pull request."""

    github: GithubPullRequest | None = None
    gitlab: GitlabPullRequest | None = None
    gitea: GiteaPullRequest | None = None
    bitbucket_server: BitbucketServerPullRequest | None = None
    filters: tuple[PullRequestFilter, ...] = ()
    requeue_after_seconds: Int64 | None = None
    template: GeneratorTemplate | None = None
    bitbucket: BitbucketPullRequest | None = None
    azuredevops: AzureDevOpsPullRequest | None = None
    values: Values = {}
    continue_on_repo_not_found_error: bool = False


class DuckTypeGenerator(Model, frozen=True):
    """One set of parameters per cluster that a custom resource names in its status."""

    config_map_ref: str
    name: str = ""
    requeue_after_seconds: Int64 | None = None
    label_selector: LabelSelector = LabelSelector()
    template: GeneratorTemplate | None = None
    values: Values = {}


class PluginConfigMapRef(Model, frozen=True):
    """The ConfigMap that says how to reach a plugin."""

    name: str


class PluginInput(Model, frozen=True):
    """What a plugin is asked with."""

    parameters: Mapping[str, AnyJson] = {}


class PluginGenerator(Model, frozen=True):
    """Parameters that a service of the user's gives."""

    config_map_ref: PluginConfigMapRef
    input: PluginInput = PluginInput()
    requeue_after_seconds: Int64 | None = None
    template: GeneratorTemplate | None = None
    values: Values = {}


class MatrixGenerator(Model, frozen=True):
    """Every pair of the parameter sets of two generators."""

    generators: tuple["NestedGenerator", ...]
    template: GeneratorTemplate | None = None


class MergeGenerator(Model, frozen=True):
    """The parameter sets of the first generator, overridden by those of the others with the same keys."""

    generators: tuple["NestedGenerator", ...]
    merge_keys: tuple[str, ...]
    template: GeneratorTemplate | None = None


class NestedGenerator(Model, frozen=True):
    """A generator inside a matrix or merge; a matrix or merge inside it is arbitrary JSON."""

    list: ListGenerator | None = None
    clusters: ClusterGenerator | None = None
    git: GitGenerator | None = None
    scm_provider: ScmProviderGenerator | None = None
    cluster_decision_resource: DuckTypeGenerator | None = None
    pull_request: PullRequestGenerator | None = None
    matrix: AnyJson = None
    merge: AnyJson = None
    selector: LabelSelector | None = None
    plugin: PluginGenerator | None = None


class Generator(Model, frozen=True):
    """One generator: exactly one of its kinds is set, and a `selector` on what it generates."""

    list: ListGenerator | None = None
    clusters: ClusterGenerator | None = None
    git: GitGenerator | None = None
    scm_provider: ScmProviderGenerator | None = None
    cluster_decision_resource: DuckTypeGenerator | None = None
    pull_request: PullRequestGenerator | None = None
    matrix: MatrixGenerator | None = None
    merge: MergeGenerator | None = None
    selector: LabelSelector | None = None
    plugin: PluginGenerator | None = None
