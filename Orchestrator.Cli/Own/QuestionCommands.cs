using System.CommandLine;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Own;

/// <summary><c>orc question</c>.</summary>
internal static class QuestionCommands
{
    private const int Preview = 80;

    public static Command Create() => new OrcCommand("question", "What agents want to know of a person.", "orc question ls", "orc question answer q-3k9x2mq4 \"take the second\"") { Ls(), Show(), Ask(), Answer(), Withdraw() };

    private static OrcCommand Ls()
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also those that are answered or withdrawn." };
        return new OrcCommand("ls", "List questions that wait for a person.", "orc question ls", "orc question ls --all --json") { all }.Runs(async (context, cancellationToken) => context.Print(
            await context.Client.ListQuestionsAsync(closed: context.Get(all), cancellationToken: cancellationToken),
            ApiJson.Readable.ImmutableArrayQuestionInfo,
            static list => Tables.Write(
                ["ID", "AGENT", "ASKED", "STATE", "QUESTION"],
                list.Select(static q => new Cell[] { q.Id, q.Agent, AgentText.Time(q.AskedAt), new(q.State, q.State == "open" ? Tone.Attention : Tone.Plain), SafeText.Line(q.Text, Preview) }))));
    }

    private static OrcCommand Show()
    {
        var id = Id();
        return new OrcCommand("show", "Show a question.", "orc question show q-3k9x2mq4") { id }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.GetQuestionAsync(context.Get(id)!, cancellationToken), ApiJson.Readable.QuestionInfo, Details));
    }

    private static OrcCommand Ask()
    {
        var text = new Argument<string>("TEXT") { Description = "The question.", HelpName = "TEXT" };
        var choices = new Option<string[]>("--choice") { Description = "An answer to choose from, may be given several times.", HelpName = "TEXT" };
        return new OrcCommand("ask", "Ask a person, from within an agent. The answer comes as a message.", "orc question ask \"Which database?\" --choice SQLite --choice PostgreSQL") { text, choices }.Runs(async (context, cancellationToken) =>
            context.Print(
                await context.Client.AskQuestionAsync(new AskQuestionRequest { Text = context.Get(text)!, Choices = [.. context.Get(choices) ?? []] }, cancellationToken),
                ApiJson.Readable.QuestionInfo,
                static q => Tables.Line($"{q.Id} waits for a person; the answer comes as a message")));
    }

    private static OrcCommand Answer()
    {
        var (id, text) = (Id(), new Argument<string>("TEXT") { Description = "The answer.", HelpName = "TEXT" });
        return new OrcCommand("answer", "Answer a question: its agent gets a message.", "orc question answer q-3k9x2mq4 \"take the second\"") { id, text }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.AnswerQuestionAsync(context.Get(id)!, context.Get(text)!, cancellationToken), ApiJson.Readable.QuestionInfo, static q => Tables.Line($"{q.Agent} gets the answer in message {q.Message}")));
    }

    private static OrcCommand Withdraw()
    {
        var (id, reason) = (Id(), new Argument<string>("REASON") { Description = "Why it needs no answer.", HelpName = "REASON" });
        return new OrcCommand("withdraw", "Say that a question needs no answer any more.", "orc question withdraw q-3k9x2mq4 \"found it\"") { id, reason }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.WithdrawQuestionAsync(context.Get(id)!, context.Get(reason)!, cancellationToken), ApiJson.Readable.QuestionInfo, static q => Tables.Line($"{q.Id} is withdrawn")));
    }

    private static Argument<string> Id() => new("ID") { Description = "The question.", HelpName = "ID" };

    private static void Details(QuestionInfo q)
    {
        Tables.Line(new Cell($"{q.Id}  {q.State}  {q.Agent}  {AgentText.Time(q.AskedAt)}", q.State == "open" ? Tone.Attention : Tone.Plain));
        Tables.Line(SafeText.Of(q.Text));
        foreach (var choice in q.Choices)
        {
            Tables.Line($"  - {SafeText.Of(choice)}");
        }

        if (q.Answer is { } answer)
        {
            Tables.Line($"{q.By}: {SafeText.Of(answer)}");
        }
    }
}
