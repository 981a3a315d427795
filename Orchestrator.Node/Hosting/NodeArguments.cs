using System.Globalization;

namespace Orchestrator.Node.Hosting;

/// <summary>What a node is started with.</summary>
/// <param name="Overrides">Settings given on the command line, <c>key=value</c>.</param>
/// <param name="Demo">Spawn demo agents.</param>
/// <param name="Doctor">Check the machine instead of starting.</param>
/// <param name="Json">Print for a program.</param>
/// <param name="Help">Say what there is.</param>
internal sealed record NodeArguments(IReadOnlyList<string> Overrides, bool Demo, bool Doctor, bool Json, bool Help)
{
    /// <summary>What to do with profiles instead of starting, and with which; null if nothing.</summary>
    public IReadOnlyList<string>? Profile { get; init; }

    /// <summary>To copy the history to the database of this connection string, or to that of the settings where it is empty, instead of starting; null if not.</summary>
    public string? CopyTo { get; init; }

    /// <summary>Watch over the agents of a node beside it, instead of starting one.</summary>
    public bool Guard { get; init; }

    /// <summary>The guard ends when its node has ended and there is nothing left to watch over.</summary>
    public bool WithNode { get; init; }

    public const string Usage = """
        orchestrator-node [--data DIR] [--port N] [--demo] [-D key=value]...   start a node in the foreground
        orchestrator-node doctor [--json] [--data DIR] [-D key=value]...      check this machine
        orchestrator-node profile ls|show NAME|check [NAME|FILE]...|test NAME FILE... [--data DIR]   about profiles, as JSON
        orchestrator-node guard [--data DIR] [--with-node]                    watch over the agents of a member of a cluster (a node starts one by itself, unless orchestrator.cluster.guard is service)
        orchestrator-node journal copy [--data DIR] [--to CONNECTION] [-D key=value]...   copy a stopped node's history from SQLite to an empty PostgreSQL
        """;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">It cannot be understood; says what is wrong.</exception>
    public static NodeArguments Parse(IReadOnlyList<string> words)
    {
        var overrides = new List<string>();
        var (demo, doctor, json, help) = (false, false, false, false);
        var (guard, withNode) = (false, false);
        List<string>? profile = null;
        string? copyTo = null;
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "doctor" when i == 0:
                    doctor = true;
                    break;
                case "guard" when i == 0:
                    guard = true;
                    break;
                case "--with-node" when guard:
                    withNode = true;
                    break;
                case "profile" when i == 0:
                    profile = [];
                    break;
                case "journal" when i == 0 && words is [_, "copy", ..]:
                    copyTo = string.Empty;
                    i++;
                    break;
                case "--to" when copyTo is not null:
                    copyTo = Value(words, ref i);
                    break;
                case "--" when profile is not null:
                    profile.AddRange(words.Skip(i + 1));
                    i = words.Count;
                    break;
                case "--demo":
                    demo = true;
                    break;
                case "--json":
                    json = true;
                    break;
                case "--help" or "-h":
                    help = true;
                    break;
                case "--data":
                    overrides.Add($"orchestrator.node.data={Quoted(Path.GetFullPath(Value(words, ref i)))}");
                    break;
                case "--port":
                    var port = Value(words, ref i);
                    overrides.Add(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535
                        ? $"orchestrator.node.port={number}"
                        : throw new FormatException($"--port {port}: give a number from 0 (any free one) to 65535"));
                    break;
                case "-D":
                    overrides.Add(Value(words, ref i));
                    break;
                case { } word when word.StartsWith("-D", StringComparison.Ordinal):
                    overrides.Add(word[2..]);
                    break;
                case { } word when profile is not null && !word.StartsWith('-'):
                    profile.Add(word);
                    break;
                default:
                    throw new FormatException($"'{words[i]}' is not known here");
            }
        }

        return new NodeArguments(overrides, demo, doctor, json, help) { Profile = profile, CopyTo = copyTo, Guard = guard, WithNode = withNode };
    }

    private static string Value(IReadOnlyList<string> words, ref int i)
        => ++i < words.Count ? words[i] : throw new FormatException($"{words[i - 1]} needs a value");

    private static string Quoted(string text)
        => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
