using System.Collections.Immutable;
using System.Text.RegularExpressions;

using Orchestrator.Actors.Agents;
using Orchestrator.Hocon;

namespace Orchestrator.Node.Policies;

/// <summary>The policies of <c>orchestrator.policies</c>, and which of them counts for whom.</summary>
internal sealed partial class PolicyCatalog
{
    /// <summary>The policy that is always there: every dialog waits for a person.</summary>
    public const string Asking = "ask";

    private const string Commands = "shell";
    private const string Files = "edit";

    private static readonly ImmutableArray<string> KindKeys = ["allow", "deny", "else"];
    private static readonly Dictionary<string, Verdict> Verdicts = Enum.GetValues<Verdict>().ToDictionary(static verdict => verdict.Words(), StringComparer.Ordinal);
    private static readonly DialogPolicy Ask = new(Asking, ImmutableDictionary<string, KindRules>.Empty, Say: null);

    private readonly ImmutableSortedDictionary<string, DialogPolicy> _policies;
    private readonly ImmutableSortedDictionary<string, string> _roles;

    private PolicyCatalog(ImmutableSortedDictionary<string, DialogPolicy> policies, ImmutableSortedDictionary<string, string> roles, string otherwise)
    {
        _policies = policies;
        _roles = roles;
        Default = otherwise;
    }

    /// <summary>The policy of those who have none of their own, by themselves or by their role.</summary>
    public string Default { get; }

    /// <summary>All policies, in the order of their names.</summary>
    public IEnumerable<DialogPolicy> All => _policies.Values;

    /// <summary>The roles that name a policy of their own.</summary>
    public IEnumerable<string> RolesOf(string policy) => _roles.Where(role => role.Value == policy).Select(static role => role.Key);

    /// <summary>Reads the policies and what the roles say of them.</summary>
    /// <param name="settings">All settings.</param>
    /// <exception cref="HoconException">One cannot be used; says which, where, and what to do.</exception>
    public static PolicyCatalog Read(HoconObject settings)
    {
        var section = settings.GetObject("orchestrator.policies");
        var policies = section.Keys.ToImmutableSortedDictionary(static name => name, name => Policy(name, Section(section, name, "orchestrator.policies")), StringComparer.Ordinal);
        policies = policies.SetItem(Asking, policies.GetValueOrDefault(Asking) is { Kinds.IsEmpty: false }
            ? throw Wrong(section, Asking, $"orchestrator.policies.{Asking} is always there and asks for everything: choose another name")
            : Ask);
        var roles = settings.GetObject("orchestrator.roles");
        var chosen = roles.Keys
            .Select(role => (Role: role, Section: roles[role] as HoconObject))
            .Where(static role => role.Section is { } section && section.TryGetString("policy", out var policy) && policy.Length > 0)
            .ToImmutableSortedDictionary(static role => role.Role, role => Known(policies, role.Section!.GetString("policy"), role.Section, "policy", $"orchestrator.roles.{role.Role}.policy"), StringComparer.Ordinal);
        var defaults = settings.GetObject("orchestrator.role-defaults");
        return new PolicyCatalog(policies, chosen, Known(policies, defaults.GetString("policy"), defaults, "policy", "orchestrator.role-defaults.policy"));
    }

    /// <summary>The policy that counts for an agent.</summary>
    /// <param name="own">Its own; null or a name that is no longer there for none.</param>
    /// <param name="role">Its role.</param>
    /// <returns>One that asks for everything, if its own is not there any more: a policy is never replaced by a laxer one.</returns>
    public DialogPolicy For(string? own, string role)
        => own is not null ? _policies.GetValueOrDefault(own, Ask) : _policies[_roles.GetValueOrDefault(role, Default)];

    private static DialogPolicy Policy(string name, HoconObject section)
    {
        if (!PolicyName().IsMatch(name))
        {
            throw new HoconException(section.Origin, $"\"{name}\" is no name for a policy: use small letters, digits and hyphens, at most 40");
        }

        var kinds = section.Keys.Where(static key => key != "say").ToImmutableDictionary(
            static kind => kind, kind => Kind(kind, Section(section, kind, $"orchestrator.policies.{name}"), $"orchestrator.policies.{name}.{kind}"), StringComparer.Ordinal);
        return new DialogPolicy(name, kinds, section.TryGetString("say", out var say) && say.Length > 0 ? say : null);
    }

    private static KindRules Kind(string kind, HoconObject section, string path)
    {
        if (section.Keys.FirstOrDefault(static key => !KindKeys.Contains(key)) is { } unknown)
        {
            throw Wrong(section, unknown, $"{path}.{unknown} is unknown: a kind of dialog has {string.Join(", ", KindKeys)}");
        }

        var otherwise = section.TryGetString("else", out var word) ? word : Verdict.Ask.Words();
        return Verdicts.TryGetValue(otherwise, out var verdict)
            ? new KindRules(Patterns(section, "allow", kind, path), Patterns(section, "deny", kind, path), verdict)
            : throw Wrong(section, "else", $"{path}.else is \"{otherwise}\": give one of {string.Join(", ", Verdicts.Keys)}");
    }

    private static SubjectPatterns Patterns(HoconObject section, string key, string kind, string path)
    {
        var texts = section.TryGetStringList(key, out var given) ? given : [];
        try
        {
            return kind switch
            {
                Commands => new SubjectPatterns([.. texts.Select(CommandPattern.Parse)], []),
                Files => new SubjectPatterns([], [.. texts.Select(PathPattern.Parse)]),
                _ when texts.Count == 0 => new SubjectPatterns([], []),
                _ => throw new FormatException($"only dialogs of the kinds {Commands} and {Files} are about something that patterns can mean; give {path}.else"),
            };
        }
        catch (FormatException e)
        {
            throw Wrong(section, key, $"{path}.{key}: {e.Message}");
        }
    }

    private static string Known(ImmutableSortedDictionary<string, DialogPolicy> policies, string name, HoconObject section, string key, string path)
        => policies.ContainsKey(name)
            ? name
            : throw Wrong(section, key, $"{path} is \"{name}\", which orchestrator.policies does not have: known are {string.Join(", ", policies.Keys)}");

    private static HoconObject Section(HoconObject section, string key, string path)
        => section[key] as HoconObject ?? throw Wrong(section, key, $"{path}.{key} is no section: write {key} {{ ... }}");

    private static HoconException Wrong(HoconObject section, string key, string message)
        => new(section.TryGetValue(key, out var value) ? value.Origin : section.Origin, message);

    [GeneratedRegex("^[a-z0-9-]{1,40}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PolicyName();
}
