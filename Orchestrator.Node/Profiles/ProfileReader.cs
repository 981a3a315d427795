using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Hocon;
using Orchestrator.Node.Channels;
using Orchestrator.Node.Hooks;
using Orchestrator.Node.Screens;
using Orchestrator.Node.Tools;
using Orchestrator.Node.Transcripts;

namespace Orchestrator.Node.Profiles;

/// <summary>Reads a profile from its configuration, which holds every key of <c>base.conf</c>.</summary>
public static partial class ProfileReader
{
    private static readonly Dictionary<string, WhileWorking> WhileWorkings = new(StringComparer.Ordinal)
    {
        ["wait"] = WhileWorking.Wait,
        ["queue-in-program"] = WhileWorking.QueueInProgram,
    };

    /// <summary>Reads a profile.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="configuration">The resolved configuration.</param>
    /// <param name="warnings">Gets a line for each key that nobody knows.</param>
    /// <exception cref="HoconException">Something is missing or wrong; the message says where and what to do.</exception>
    public static AgentProfile Read(string name, HoconObject configuration, ICollection<string>? warnings = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var found = new List<string>();
        var section = new ProfileSection(configuration, "", found);
        section.Has("inherits");
        section.Has("trust-folder");
        section.Has("dialog-options");
        var screen = ScreenRulesReader.Read(section.Section("screen"));
        var profile = new AgentProfile
        {
            Name = ProfileName().IsMatch(name)
                ? name
                : throw new HoconException(configuration.Origin, $"\"{name}\" is no name for a profile: give small letters, digits and hyphens, at most 40"),
            Description = section.Text("description"),
            Command = section.Filled("command") is { Length: > 0 } command ? command : throw section.Wrong("command", "is empty: give the program and its arguments"),
            CommandReplaceable = section.Flag("command-replaceable"),
            ResumeArguments = section.Filled("resume-arguments", SessionRules.Placeholders),
            Session = Session(section.Section("session")),
            Account = Account(section.Section("account")),
            Role = Role(section.Section("role")),
            Version = Version(section.Section("version")),
            Environment = Environment(section.Section("environment")),
            Size = Size(section.Section("pane")),
            Programs = Programs(section.Section("program"), out var names),
            ProgramNamesAsWritten = names,
            Screen = screen,
            Typing = Typing(section.Section("typing")),
            Envelope = Envelope(section.Section("envelope")),
            Transforms = Transforms(section.Section("transforms")),
            Dialogs = DialogRulesReader.Read(section.Section("dialogs"), screen),
            Stop = Stop(section.Section("stop")),
            Transcript = Transcript(section.Section("transcript"), out var facts, out var limits),
            TranscriptFacts = facts,
            TranscriptLimits = limits,
            Channel = ChannelRules.Read(section.Section("channel")),
            Answers = AnswerRulesReader.Read(section.Section("answers")),
            Hooks = HookRulesReader.Read(section.Section("hooks")),
            Tools = ToolRules.Read(section.Section("tools")),
            Hang = Hang(section.Section("hang")),
            Limit = Limit(section.Section("limit")),
        };
        section.WarnOfTheRest();
        found.ForEach(warning => warnings?.Add(warning));
        return profile.WithCommand(profile.Command);
    }

    private static RoleRules Role(ProfileSection section)
    {
        var variables = section.Section("environment");
        return Whole(section, new RoleRules(
            section.Filled("prompt-arguments", RoleRules.Placeholders),
            section.Filled("model-arguments", RoleRules.Placeholders),
            section.Filled("temperature-arguments", RoleRules.Placeholders),
            variables.Keys.Where(variables.Has).ToImmutableSortedDictionary(name => name, name => variables.Filled(name, variables.Text(name), RoleRules.Placeholders), StringComparer.Ordinal)));
    }

    private static AccountRules Account(ProfileSection section)
    {
        var name = section.TextOrNull("name");
        return name is null || AccountName().IsMatch(name)
            ? Whole(section, new AccountRules(name, section.Texts("variables"), section.Texts("sign-in")))
            : throw section.Wrong("name", $"is \"{name}\": give at most 60 small letters, digits, dots, underscores and hyphens");
    }

    private static SessionRules Session(ProfileSection section) => Whole(section, new SessionRules(
        section.Filled("new-arguments", SessionRules.Placeholders),
        section.PatternOrNull("file"),
        section.Flag("continue"),
        section.PatternOrNull("compacted")));

    private static VersionRules Version(ProfileSection section)
        => Whole(section, new VersionRules(section.Texts("command"), section.Texts("tried")));

    private static EnvironmentRules Environment(ProfileSection section)
    {
        var set = section.Section("set");
        return Whole(section, new EnvironmentRules(
            section.Texts("allow"),
            set.Keys.Where(set.Has).ToImmutableDictionary(name => name, name => set.Filled(name, set.Text(name)), StringComparer.Ordinal)));
    }

    private static PaneSize Size(ProfileSection section)
        => Whole(section, new PaneSize(section.Number("columns", 40, 1000), section.Number("rows", 10, 500)));

    private static ProgramNames Programs(ProfileSection section, out ImmutableArray<string> names)
    {
        names = section.Texts("names");
        return Whole(section, new ProgramNames(names, section.Texts("shells")));
    }

    private static TypingRules Typing(ProfileSection section) => Whole(section, new TypingRules
    {
        WhileWorking = section.OneOf("while-working", WhileWorkings),
        SubmitKey = Keys(section, "submit-key", [section.Text("submit-key")])[0],
        LooksBeforeSubmit = section.Flag("look-before-submit"),
        SeenWithin = section.Duration("seen-within"),
        Settle = section.Duration("settle"),
        EmptiedWithin = section.Duration("emptied-within"),
        SubmitPresses = section.Number("submit-presses", 1, 5),
        ProvenWithin = section.Duration("proven-within"),
        TurnBeginsWithin = section.Duration("turn-begins-within"),
        MaxBytes = section.Bytes("max-bytes", 1, 262_144),
    });

    private static EnvelopeRules Envelope(ProfileSection section)
    {
        var rules = Whole(section, new EnvelopeRules(section.Flag("on"), section.Text("opening"), section.TextOrNull("closing"), section.PatternOrNull("closing-if")));
        return !rules.On || rules.Opening.Contains("{id}", StringComparison.Ordinal)
            ? rules
            : throw section.Wrong("opening", "does not contain {id}, by which the message is found again");
    }

    private static ImmutableArray<TextTransform> Transforms(ProfileSection section)
        => [.. section.Keys.Where(section.Has).Select(section.Section).Select(Transform)];

    private static TextTransform Transform(ProfileSection section)
    {
        var told = section.Has("told");
        return Whole(section, new TextTransform(
            section.Text("what"),
            section.Texts("versions"),
            section.Pattern(told ? "told" : "changed"),
            section.Text(told ? "becomes" : "original"),
            told));
    }

    private static StopRules Stop(ProfileSection section)
        => Whole(section, new StopRules(Keys(section, "keys"), section.Duration("between"), section.Duration("within")));

    private static TranscriptRules? Transcript(ProfileSection section, out ImmutableArray<TranscriptFact> facts, out ImmutableArray<LimitLine> limits)
    {
        facts = TranscriptFact.Read(section.Section("facts"));
        limits = LimitLine.Read(section.Section("limits"));
        var rules = Whole(section, new TranscriptRules(section.Filled("files"), section.PatternOrNull("line"), section.Flag("carries-seal"), TranscriptDatabase.Read(section.Section("database"))));
        return rules.Files.IsEmpty ? null : rules;
    }

    private static HangLimits Hang(ProfileSection section)
        => Whole(section, new HangLimits(section.Duration("start"), section.Duration("quiet"), section.Duration("turn")));

    private static LimitRules Limit(ProfileSection section)
    {
        // A part of patterns, put into them by the file itself.
        section.Has("ends");
        return Whole(section, new LimitRules(section.Duration("try-again")));
    }

    private static T Whole<T>(ProfileSection section, T result)
    {
        section.WarnOfTheRest();
        return result;
    }

    private static ImmutableArray<string> Keys(ProfileSection section, string key) => Keys(section, key, section.Texts(key));

    private static ImmutableArray<string> Keys(ProfileSection section, string key, ImmutableArray<string> names)
        => names.FirstOrDefault(name => !KeyName().IsMatch(name)) is { } wrong
            ? throw section.Wrong(key, $"has \"{wrong}\", which is no key of tmux: give Enter, Escape, C-c and the like")
            : names;

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,59}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountName();

    [GeneratedRegex("^[a-z0-9-]{1,40}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProfileName();

    [GeneratedRegex("^(?:[CMS]-){0,3}(?:[0-9A-Za-z/]|Enter|Escape|Tab|BTab|Space|BSpace|Up|Down|Left|Right|Home|End|PPage|NPage|DC|IC|F[1-9]|F1[0-2])$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyName();
}
