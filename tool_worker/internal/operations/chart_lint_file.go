package operations

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"path"
	"strings"

	"github.com/Masterminds/semver/v3"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/yaml"
)

// checkChartFile is Helm's rules for Chart.yaml.
func (l *linter) checkChartFile() {
	const name = "Chart.yaml"
	text := l.find(name).Data
	var metadata chart.Metadata
	if err := yaml.Unmarshal(text, &metadata); err != nil {
		l.passes(isError, name, fmt.Errorf("unable to parse YAML\n\t%w", err))
		return
	}
	if err := yaml.UnmarshalStrict(text, &chart.Metadata{}); err != nil {
		l.passes(isWarning, name, fmt.Errorf("failed to strictly parse chart metadata file\n\t%w", err))
	}
	raw := map[string]any{}
	_ = yaml.Unmarshal(text, &raw) // was read just now
	for _, rule := range []struct {
		how   severity
		check func() error
	}{
		{isError, func() error { return checkName(metadata.Name) }},
		{isError, func() error { return checkAPIVersion(metadata.APIVersion) }},
		{isError, func() error { return checkIsText(raw, "version") }},
		{isError, func() error { return checkVersion(metadata.Version) }},
		{isError, func() error { return checkIsText(raw, "appVersion") }},
		{isError, func() error { return checkMaintainers(metadata.Maintainers) }},
		{isError, func() error { return checkSources(metadata.Sources) }},
		{isInfo, func() error { return checkIconPresence(metadata.Icon) }},
		{isError, func() error { return checkIcon(metadata.Icon) }},
		{isError, func() error { return checkType(metadata) }},
		{isError, func() error { return checkDependencyFields(metadata) }},
		{isWarning, func() error { return checkStrictVersion(metadata.Version) }},
	} {
		l.passes(rule.how, name, rule.check())
	}
}

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("name is required")
	case path.Base(name) != name:
		return fmt.Errorf("chart name %q is invalid", name)
	default:
		return nil
	}
}

func checkAPIVersion(version string) error {
	switch version {
	case "":
		return errors.New(`apiVersion is required. The value must be either "v1" or "v2"`)
	case chart.APIVersionV1, chart.APIVersionV2:
		return nil
	default:
		return fmt.Errorf(`apiVersion '%s' is not valid. The value must be either "v1" or "v2"`, version)
	}
}

func checkIsText(raw map[string]any, key string) error {
	value, present := raw[key]
	if _, isText := value.(string); !present || isText {
		return nil
	}
	return fmt.Errorf("%s should be of type string but it's of type %T", key, value)
}

var abovePreReleases, _ = semver.NewConstraint(">0.0.0-0")

func checkVersion(text string) error {
	if text == "" {
		return errors.New("version is required")
	}
	version, err := semver.NewVersion(text)
	if err != nil {
		return fmt.Errorf("version '%s' is not a valid SemVer", text)
	}
	if valid, why := abovePreReleases.Validate(version); !valid && len(why) > 0 {
		return fmt.Errorf("version %w", why[0])
	}
	return nil
}

func checkStrictVersion(text string) error {
	if _, err := semver.StrictNewVersion(text); err != nil {
		return fmt.Errorf("version '%s' is not a valid SemVerV2", text)
	}
	return nil
}

func checkMaintainers(maintainers []*chart.Maintainer) error {
	for _, maintainer := range maintainers {
		switch {
		case maintainer == nil:
			return errors.New("a maintainer entry is empty")
		case maintainer.Name == "":
			return errors.New("each maintainer requires a name")
		case maintainer.Email != "" && !isEmail(maintainer.Email):
			return fmt.Errorf("invalid email '%s' for maintainer '%s'", maintainer.Email, maintainer.Name)
		case maintainer.URL != "" && !isAddress(maintainer.URL):
			return fmt.Errorf("invalid url '%s' for maintainer '%s'", maintainer.URL, maintainer.Name)
		}
	}
	return nil
}

func isEmail(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text
}

// isAddress takes host names without a scheme too.
func isAddress(text string) bool {
	parsed, err := url.Parse(text)
	if err == nil && parsed.Host == "" {
		parsed, err = url.Parse("https://" + text)
	}
	return err == nil && strings.Contains(parsed.Host, ".") && !strings.ContainsAny(text, " \t")
}

func isURL(text string) bool {
	parsed, err := url.ParseRequestURI(text)
	return err == nil && parsed.Scheme != ""
}

func checkSources(sources []string) error {
	for _, source := range sources {
		if !isURL(source) {
			return fmt.Errorf("invalid source URL '%s'", source)
		}
	}
	return nil
}

func checkIconPresence(icon string) error {
	if icon == "" {
		return errors.New("icon is recommended")
	}
	return nil
}

func checkIcon(icon string) error {
	if icon != "" && !isURL(icon) {
		return fmt.Errorf("invalid icon URL '%s'", icon)
	}
	return nil
}

func checkType(metadata chart.Metadata) error {
	if metadata.Type != "" && metadata.APIVersion != chart.APIVersionV2 {
		return fmt.Errorf("chart type is not valid in apiVersion '%s'. It is valid in apiVersion '%s'",
			metadata.APIVersion, chart.APIVersionV2)
	}
	return nil
}

func checkDependencyFields(metadata chart.Metadata) error {
	if len(metadata.Dependencies) > 0 && metadata.APIVersion != chart.APIVersionV2 {
		return fmt.Errorf("dependencies are not valid in the Chart file with apiVersion '%s'. "+
			"They are valid in apiVersion '%s'", metadata.APIVersion, chart.APIVersionV2)
	}
	return nil
}
