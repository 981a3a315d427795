using Microsoft.Data.Sqlite;

using Orchestrator.Node.Profiles;

namespace Orchestrator.Node.Transcripts;

/// <summary>Where a program keeps its conversations, if that is a SQLite database.</summary>
/// <param name="File">The database; the placeholders of <see cref="LaunchContext"/> are replaced.</param>
/// <param name="Query">
/// What is read of it, oldest first: for each row a key of its own, its time in milliseconds since 1970, the conversation, and a line as of a transcript, a JSON object. <c>@after</c> is the
/// time from which on rows are wanted. A row is read once: it is to be given when it does not change any more.
/// </param>
public sealed record TranscriptDatabase(string File, string Query)
{
    /// <summary>Reads the section <c>database</c> of a profile's transcript; null if it has none.</summary>
    internal static TranscriptDatabase? Read(ProfileSection section)
    {
        var database = new TranscriptDatabase(section.Filled("file", section.Text("file")), section.Text("query"));
        section.WarnOfTheRest();
        return database switch
        {
            { File.Length: 0 } => null,
            _ when !database.Query.Contains("@after", StringComparison.Ordinal) => throw section.Wrong("query", "does not contain @after, the time from which on rows are wanted: the whole database would be read again and again"),
            _ => database,
        };
    }
}

/// <summary>The rows that a program adds to its database, each once, as lines of one transcript for each conversation. Only read, beside the program that writes. Not for use by several threads at once.</summary>
internal sealed class DatabaseLines : ITranscriptLines
{
    // Rows of about the same time may become visible in another order.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly string _file;
    private readonly string _query;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private long _after;

    /// <summary>The rows of a program that was started with <paramref name="context"/>.</summary>
    /// <param name="database">Where they lie.</param>
    /// <param name="context">What it was started with.</param>
    /// <param name="from">Only those of that time and later.</param>
    public DatabaseLines(TranscriptDatabase database, LaunchContext context, DateTimeOffset from)
        => (_file, _query, _after) = (Placeholders.Fill(database.File, context), database.Query, from.ToUnixTimeMilliseconds());

    /// <summary>What the lines of a conversation are named by.</summary>
    public static string ConversationOf(TranscriptDatabase database, LaunchContext context, string session) => Named(Placeholders.Fill(database.File, context), session);

    /// <summary>All lines of one conversation, the oldest first.</summary>
    public static IEnumerable<string> OfConversation(TranscriptDatabase database, LaunchContext context, string conversation)
    {
        var file = Placeholders.Fill(database.File, context);
        return Rows(file, database.Query, after: 0).Where(row => Named(file, row.Conversation) == conversation).Select(static row => row.Line);
    }

    public IEnumerable<(string File, TranscriptLine Line)> New(string? followed)
    {
        var lines = new List<(string, TranscriptLine)>();
        var latest = _after;
        foreach (var (key, at, session, line) in Rows(_file, _query, _after))
        {
            if (_seen.Add(key))
            {
                var conversation = Named(_file, session);
                lines.Add((conversation, new TranscriptLine(conversation, at, line)));
                latest = Math.Max(latest, at - (long)Overlap.TotalMilliseconds);
            }
        }

        _after = latest;
        return lines;
    }

    private static string Named(string file, string conversation) => $"{file}, conversation {conversation}";

    private static IEnumerable<(string Key, long At, string Conversation, string Line)> Rows(string file, string query, long after)
    {
        if (!File.Exists(file))
        {
            yield break;
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        command.Parameters.AddWithValue("@after", after);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return (rows.GetString(0), rows.GetInt64(1), rows.GetString(2), rows.GetString(3));
        }
    }
}
