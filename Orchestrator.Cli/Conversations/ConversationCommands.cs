using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Conversations;

/// <summary><c>orc conversation</c>.</summary>
internal static class ConversationCommands
{
    public static Command Create() => new OrcCommand("conversation", "Conversations of agents and people.", "orc conversation start me a1 a2 --title \"the release\"", "orc conversation say release \"ready?\"", "orc conversation show release")
    {
        Start(), Ls(), Show(), Say(), Join(), Leave(), Read(), Summarise(), End(), Export(),
    };

    private static OrcCommand Start()
    {
        var participants = new Argument<string[]>("PARTICIPANT") { Description = "Agents by name, client:NAME for who uses that token, me for yourself; at least two.", Arity = ArgumentArity.OneOrMore };
        var id = new Option<string?>("--id") { Description = "Its id: letters, digits and dashes; one is made without it.", HelpName = "ID" };
        var kind = new Option<string?>("--kind") { Description = "direct for two, team or thread.", HelpName = "KIND" };
        kind.AcceptOnlyFromAmong("direct", "team", "thread");
        var title = new Option<string?>("--title") { Description = "What it is about.", HelpName = "TEXT" };
        var parent = new Option<string?>("--thread-of") { Description = "For a thread: the conversation that it begins in.", HelpName = "ID" };
        var number = new Option<long?>("--at") { Description = "And the number of the message there (1).", HelpName = "NUMBER" };
        var (idle, batch) = (Durations.Option("--idle-after", "It is idle after so long without a word (10m)."), Durations.Option("--batch", "Gather new messages for so long before agents are told (2s)."));
        return new OrcCommand("start", "Start a conversation.", "orc conversation start me a1 --id plan", "orc conversation start a1 a2 a3 --title \"the release\"") { participants, id, kind, title, parent, number, idle, batch }.Runs(async (context, cancellationToken) =>
        {
            var request = new StartConversationRequest
            {
                Id = context.Get(id),
                Kind = context.Get(kind),
                Title = context.Get(title),
                Participants = [.. context.Get(participants)!],
                Parent = context.Get(parent),
                ParentNumber = context.Get(number),
                IdleAfterSeconds = context.Get(idle)?.TotalSeconds,
                BatchSeconds = context.Get(batch)?.TotalSeconds,
            };
            return context.Print(await context.Client.StartConversationAsync(request, cancellationToken), ApiJson.Readable.ConversationInfo, ConversationText.One);
        });
    }

    private static OrcCommand Ls()
    {
        var of = new Option<string?>("--of") { Description = "Only those that this agent, client:NAME or me is in.", HelpName = "PARTICIPANT" };
        var state = new Option<string?>("--state") { Description = "Only those that are active, idle, ended or error.", HelpName = "STATE" };
        state.AcceptOnlyFromAmong("active", "idle", "ended", "error");
        return new OrcCommand("ls", "List conversations.", "orc conversation ls --of a1") { of, state }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ListConversationsAsync(context.Get(of), context.Get(state), cancellationToken: cancellationToken), ApiJson.Readable.ImmutableArrayConversationInfo, static found => ConversationText.List(found)));
    }

    private static OrcCommand Show()
    {
        var id = Id();
        var limit = new Option<int>("--last") { Description = "The last so many messages (20).", HelpName = "N", DefaultValueFactory = static _ => 20 };
        var search = new Option<string?>("--search") { Description = "Only messages with this word.", HelpName = "WORD" };
        return new OrcCommand("show", "Show who is in a conversation and what was said last.", "orc conversation show release --last 50", "orc conversation show release --search budget") { id, limit, search }.Runs(async (context, cancellationToken) =>
        {
            var conversation = await context.Client.GetConversationAsync(context.Get(id)!, cancellationToken);
            var messages = await context.Client.ListConversationMessagesAsync(conversation.Id, context.Get(limit), before: null, context.Get(search), cancellationToken);
            return context.Print(new ConversationExportInfo(conversation, messages), ApiJson.Readable.ConversationExportInfo, ConversationText.Whole);
        });
    }

    private static OrcCommand Say()
    {
        var id = Id();
        var text = new Argument<string>("TEXT") { Description = "What to say." };
        var priority = new Option<string?>("--priority") { Description = "low, medium, high or urgent, of which agents are told at once (medium).", HelpName = "PRIORITY" };
        priority.AcceptOnlyFromAmong("low", "medium", "high", "urgent");
        var message = new Option<string?>("--message-id") { Description = "Its id, a ULID: said again with the same id it is said once.", HelpName = "ULID" };
        return new OrcCommand("say", "Say something in a conversation that you are in.", "orc conversation say release \"ready?\"") { id, text, priority, message }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.SayAsync(context.Get(id)!, new SayRequest { Id = context.Get(message), Text = context.Get(text)!, Priority = context.Get(priority) }, cancellationToken), ApiJson.Readable.SaidInfo, static said => Tables.Line($"#{said.Number} said")));
    }

    private static OrcCommand Join()
    {
        var (id, who) = (Id(), Who());
        return new OrcCommand("join", "Bring yourself or somebody else into a conversation.", "orc conversation join release", "orc conversation join release a4") { id, who }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.JoinConversationAsync(context.Get(id)!, context.Get(who) ?? "me", cancellationToken), ApiJson.Readable.ConversationInfo, ConversationText.One));
    }

    private static OrcCommand Leave()
    {
        var (id, who) = (Id(), Who());
        return new OrcCommand("leave", "Leave a conversation, or take somebody out; when one alone is left it ends.", "orc conversation leave release") { id, who }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.LeaveConversationAsync(context.Get(id)!, context.Get(who) ?? "me", cancellationToken), ApiJson.Readable.ConversationInfo, ConversationText.One));
    }

    private static OrcCommand Read()
    {
        var (id, who) = (Id(), Who());
        var through = new Option<long?>("--through") { Description = "Up to this message; all without it.", HelpName = "NUMBER" };
        return new OrcCommand("read", "Mark messages as read.", "orc conversation read release") { id, who, through }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.MarkReadAsync(context.Get(id)!, new ReadRequest { Participant = context.Get(who), Through = context.Get(through) }, cancellationToken), ApiJson.Readable.ConversationInfo, ConversationText.One));
    }

    private static OrcCommand Summarise()
    {
        var id = Id();
        var text = new Argument<string>("TEXT") { Description = "The summary." };
        var through = new Option<long?>("--through") { Description = "Of the messages up to this one; all without it.", HelpName = "NUMBER" };
        return new OrcCommand("summarise", "Put on record what was said, in short.", "orc conversation summarise release \"we ship on Monday\"") { id, text, through }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.SummariseConversationAsync(context.Get(id)!, new SummaryRequest { Text = context.Get(text)!, Through = context.Get(through) }, cancellationToken), ApiJson.Readable.ConversationInfo, ConversationText.One));
    }

    private static OrcCommand End()
    {
        var id = Id();
        var reason = new Option<string?>("--reason") { Description = "Why.", HelpName = "TEXT" };
        return new OrcCommand("end", "End a conversation.", "orc conversation end release --reason shipped") { id, reason }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.EndConversationAsync(context.Get(id)!, context.Get(reason), cancellationToken), ApiJson.Readable.ConversationInfo, ConversationText.One));
    }

    private static OrcCommand Export()
    {
        var id = Id();
        var format = new Option<string>("--format") { Description = "markdown or json.", HelpName = "FORMAT", DefaultValueFactory = static _ => "markdown" };
        format.AcceptOnlyFromAmong("markdown", "json");
        var output = new Option<string?>("--output", "-o") { Description = "Into this file.", HelpName = "FILE" };
        return new OrcCommand("export", "Write out a whole conversation.", "orc conversation export release -o release.md", "orc conversation export release --format json") { id, format, output }.Runs(async (context, cancellationToken) =>
        {
            var text = context.Json || context.Get(format) == "json"
                ? System.Text.Json.JsonSerializer.Serialize(await context.Client.ExportConversationAsync(context.Get(id)!, cancellationToken), ApiJson.Readable.ConversationExportInfo) + "\n"
                : await context.Client.ExportConversationMarkdownAsync(context.Get(id)!, cancellationToken);
            if (context.Get(output) is not { } path)
            {
                await Console.Out.WriteAsync(SafeText.Of(text));
                return ExitCodes.Happened;
            }

            try
            {
                await File.WriteAllTextAsync(path, text, cancellationToken);
                return ExitCodes.Happened;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException(e.Message);
            }
        });
    }

    private static Argument<string> Id() => new("ID") { Description = "The conversation, from orc conversation ls.", HelpName = "ID" };

    private static Argument<string?> Who() => new("PARTICIPANT") { Description = "An agent, client:NAME; yourself without it.", Arity = ArgumentArity.ZeroOrOne };
}

/// <summary>Conversations as people read them.</summary>
internal static class ConversationText
{
    private const int Preview = 60;

    public static void List(IEnumerable<ConversationInfo> conversations)
    {
        var now = TimeProvider.System.GetUtcNow();
        Tables.Write(
            ["ID", "KIND", "STATE", "MESSAGES", "LAST", "PARTICIPANTS", "TITLE"],
            conversations.Select(c => new Cell[]
            {
                c.Id, c.Kind, new(c.State, ToneOf(c.State)), c.Messages.ToString(CultureInfo.InvariantCulture), c.LastAt is { } last ? Durations.Ago(last, now) : null, string.Join(", ", c.Participants.Select(static p => p.Name)), SafeText.Line(c.Title, Preview),
            }));
    }

    public static void One(ConversationInfo c)
    {
        Tables.Line(new Cell(c.Reason is null ? $"{c.Id} {c.State}" : $"{c.Id} {c.State}: {SafeText.Line(c.Reason, 200)}", ToneOf(c.State)));
        Tables.Write(
            ["PARTICIPANT", "SINCE", "READ", "UNREAD"],
            c.Participants.Select(static p => new Cell[] { p.Name, AgentText.Time(p.JoinedAt), p.ReadThrough.ToString(CultureInfo.InvariantCulture), p.Unread.ToString(CultureInfo.InvariantCulture) }));
    }

    public static void Whole(ConversationExportInfo whole)
    {
        One(whole.Conversation);
        if (whole.Conversation.Summaries is [.., var summary])
        {
            Console.Out.WriteLine();
            Tables.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"summary up to #{summary.Through}"), Tone.Quiet));
            Console.Out.WriteLine(SafeText.Of(summary.Text));
        }

        foreach (var said in whole.Messages)
        {
            Console.Out.WriteLine();
            Tables.Line(new Cell(string.Create(CultureInfo.InvariantCulture, $"#{said.Number} {said.From} {AgentText.Time(said.At)}{(said.Priority == "medium" ? string.Empty : " " + said.Priority)}"), Tone.Quiet));
            Console.Out.WriteLine(SafeText.Of(said.Text));
        }
    }

    private static Tone ToneOf(string state) => state switch
    {
        "active" => Tone.Good,
        "error" => Tone.Bad,
        _ => Tone.Quiet,
    };
}
