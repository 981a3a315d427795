using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Orchestrator.Actors.Agents;
using Orchestrator.Api.Requests;
using Orchestrator.Client;

namespace Orchestrator.Api.Agents;

/// <summary>What a request to spawn or change an agent must be, beyond its shape.</summary>
internal sealed partial class SpawnRules(IProfileCatalog profiles, RoleCatalog roles, IPolicyCatalog policies, IOptions<ApiOptions> options)
{
    private const int MostMetadata = 50;
    private const int LongestText = 1000;
    private const int MostWords = 200;
    private const int LongestWord = 4096;

    /// <summary>The command that a request to spawn is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="elsewhere">It runs on another node, which alone can tell whether its folder is there.</param>
    /// <exception cref="ProblemException">A part makes no sense; says which and what would.</exception>
    public Register Read(SpawnRequest request, bool elsewhere)
    {
        var name = RequestParts.Agent(request.Name);
        var profile = profiles.Find(request.Profile)
            ?? throw ProblemException.Invalid($"there is no profile '{request.Profile}': use one of {string.Join(", ", profiles.List().Select(static p => p.Info.Name))}");
        if (request.Command is { IsDefaultOrEmpty: false } && !profile.Info.CommandReplaceable)
        {
            throw ProblemException.Invalid($"the profile {request.Profile} has a command of its own: only some profiles, for example shell, take another");
        }

        if (request.Command is { IsDefault: false } words && (words.Length > MostWords || words.Any(static w => w is null or { Length: > LongestWord })))
        {
            throw ProblemException.Invalid($"a command has at most {MostWords} words of at most {LongestWord} characters");
        }

        if (request.Branch is { } branch && (!request.Worktree || !IsBranch(branch)))
        {
            throw ProblemException.Invalid(request.Worktree ? $"'{branch}' is no name for a branch: use letters, digits and . _ / -" : "a branch is for an agent with a worktree of its own");
        }

        var role = roles.Find(request.Role ?? AgentRole.Default);
        return new Register(
            profile.Info.Name,
            Folder(request.Folder, elsewhere),
            role.Name,
            Short(request.DisplayName, "the display name"),
            request.Worktree ? request.Branch ?? $"agent/{name}" : null,
            request.Command is { IsDefault: false } command ? command : [],
            Metadata(request.Metadata) ?? ImmutableSortedDictionary<string, string>.Empty,
            request.ReportsTo is { Length: > 0 } reportsTo ? RequestParts.Agent(reportsTo) : null,
            profile.Traits with { Limits = role.Limits },
            Model(request.Model, profile),
            Temperature(request.Temperature, profile),
            request.Tools is false ? true : null,
            request.Labels is { IsDefaultOrEmpty: false } labels ? labels : null);
    }

    /// <summary>The command that a request to change an agent is.</summary>
    /// <exception cref="ProblemException">A part makes no sense; says which and what would.</exception>
    public Describe Read(UpdateAgentRequest request) => new(
        request.Role is { } role ? roles.Find(role).Name : null,
        Short(request.DisplayName, "the display name"),
        Metadata(request.Metadata),
        request.ReportsTo,
        Names(request.Manages),
        Names(request.CollaboratesWith),
        request.Role is { } named ? roles.Find(named).Limits : null);

    /// <summary>The command that a request to set a state by hand is.</summary>
    /// <exception cref="ProblemException">A part makes no sense; says which and what would.</exception>
    public Transition Read(TransitionRequest request) => new(
        RequestParts.Spelled<AgentState>(request.From, "from"),
        RequestParts.Spelled<AgentState>(request.To, "to"),
        Short(request.Reason, "the reason") is { Length: > 0 } reason ? reason : "set by hand");

    private static string? Model(string? model, CatalogProfile profile)
        => model is null || profile.Ways?.Model is not null
            ? Short(model, "the model")
            : throw ProblemException.Invalid($"the profile {profile.Info.Name} does not say how its program is told a model: give it role.model-arguments, or leave --model out");

    private static double? Temperature(double? temperature, CatalogProfile profile) => temperature switch
    {
        null => null,
        not (>= 0 and <= 2) => throw ProblemException.Invalid("a temperature is 0 to 2"),
        _ when profile.Ways?.Temperature is null => throw ProblemException.Invalid($"the program of the profile {profile.Info.Name} cannot be told a temperature: leave it out, or give the profile role.temperature-arguments"),
        _ => temperature,
    };

    /// <summary>The command that the choice of a policy is; null if none is chosen.</summary>
    /// <exception cref="ProblemException">There is no such policy.</exception>
    public ChoosePolicy? Policy(string? name) => name switch
    {
        null => null,
        "" => new ChoosePolicy(Policy: null),
        _ when policies.List().Any(policy => policy.Name == name) => new ChoosePolicy(name),
        _ => throw ProblemException.Invalid($"there is no policy '{name}': use one of {string.Join(", ", policies.List().Select(static policy => policy.Name))}"),
    };

    /// <summary>The command that the choice of what becomes of an agent of a lost node is; null if none is chosen.</summary>
    /// <exception cref="ProblemException">There is no such choice.</exception>
    public static ChooseLossPolicy? LossPolicyOf(string? word) => word switch
    {
        null => null,
        "" => new ChooseLossPolicy(Policy: null),
        _ => new ChooseLossPolicy(AgentWords.Parse<LossPolicy>(word.Replace('-', '_')) ?? throw ProblemException.Invalid($"'{word}' is not what can become of an agent whose node is lost: use wait, re_place or leave")),
    };

    // The worker checks again when it starts the program: links can be changed meanwhile.
    private string Folder(string text, bool elsewhere)
    {
        if (!Path.IsPathFullyQualified(text) || text.Contains('\0', StringComparison.Ordinal))
        {
            throw ProblemException.Invalid($"'{text}' is not an absolute path");
        }

        var whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text));
        if (elsewhere)
        {
            return whole;
        }

        var folder = Canonical(whole);
        if (!Directory.Exists(folder))
        {
            throw ProblemException.Invalid($"there is no folder {folder}");
        }

        var roots = options.Value.FolderRoots;
        return roots.IsDefaultOrEmpty || roots.Any(root => IsWithin(folder, Canonical(Path.GetFullPath(root))))
            ? folder
            : throw ProblemException.Invalid($"{folder} is not in a folder that agents may work in: {string.Join(", ", roots)}");
    }

    // Every link on the way resolved, so that no part of the path leads elsewhere.
    private static string Canonical(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        var here = Path.Combine(Canonical(parent), Path.GetFileName(path));
        return Directory.Exists(here) && Directory.ResolveLinkTarget(here, returnFinalTarget: false) is { } target ? Canonical(target.FullName) : here;
    }

    private static bool IsWithin(string folder, string root)
        => root == "/" || string.Equals(folder, root, StringComparison.Ordinal) || folder.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string? Short(string? text, string what)
        => text is { Length: > LongestText } ? throw ProblemException.Invalid($"{what} has at most {LongestText} characters") : text;

    private static ImmutableSortedDictionary<string, string>? Metadata(ImmutableSortedDictionary<string, string>? metadata)
        => metadata is null || (metadata.Count <= MostMetadata && metadata.All(static p => p.Key.Length is > 0 and <= 100 && p.Value is { Length: <= LongestText }))
            ? metadata
            : throw ProblemException.Invalid($"metadata has at most {MostMetadata} pairs, keys of 1 to 100 and values of at most {LongestText} characters");

    private static ImmutableArray<AgentName>? Names(ImmutableArray<string>? names)
        => names is { IsDefault: false } given ? [.. given.Select(RequestParts.Agent)] : null;

    private static bool IsBranch(string branch)
        => Branch().IsMatch(branch) && !branch.Contains("..", StringComparison.Ordinal) && !branch.Contains("//", StringComparison.Ordinal) && !branch.EndsWith(".lock", StringComparison.Ordinal) && branch[^1] is not ('/' or '.');

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Branch();
}
