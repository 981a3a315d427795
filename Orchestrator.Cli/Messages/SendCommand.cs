using System.CommandLine;
using System.Text;
using Orchestrator.Cli.Agents;
using Orchestrator.Cli.Invocation;
using Orchestrator.Client;

namespace Orchestrator.Cli.Messages;

/// <summary><c>orc send</c>.</summary>
internal static class SendCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMinutes(10);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Command Create()
    {
        var name = AgentArguments.Name();
        var text = new Argument<string?>("TEXT") { Description = "The text; - reads it from the standard input.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file", "-F") { Description = "Read the text from a file.", HelpName = "FILE" };
        var wait = new Option<string?>("--wait", "-w") { Description = "Wait until it is submitted, confirmed, the agent is idle again after it, or has answered: then the answer is printed.", HelpName = "submitted|confirmed|idle|answered" };
        wait.AcceptOnlyFromAmong("submitted", "confirmed", "idle", "answered");
        var timeout = Durations.Option("--timeout", "How long to wait (60s; for an answer 10m).");
        var priority = new Option<string?>("--priority") { Description = "low, medium, high or urgent (medium).", HelpName = "PRIORITY" };
        priority.AcceptOnlyFromAmong("low", "medium", "high", "urgent");
        var expires = Durations.Option("--expires", "Do not type it any more after this time.");
        var id = new Option<string?>("--id") { Description = "Its id, a ULID: sent again with the same id it is the same message.", HelpName = "ULID" };
        var (type, content) = (ProtocolCommands.TypeOption(), ProtocolCommands.ContentOption());
        var reply = new Option<string?>("--reply-to") { Description = "The message that it answers.", HelpName = "ULID" };
        var wants = new Option<bool>("--wants-answer") { Description = "For agents: do not wait; what it answers comes back as a message." };
        return new OrcCommand(
            "send",
            "Send a message to an agent. Without --wait, 0 means that it is stored and will be delivered.",
            "orc send a1 \"hello\" --wait idle",
            "orc send a1 \"what is left to do?\" --wait answered",
            "git diff | orc send reviewer - --priority high",
            "orc send a1 --file task.md --expires 10m",
            "orc send a1 --type status_request --content '{\"about\": \"the build\"}'")
        {
            name, text, file, wait, timeout, priority, expires, id, type, content, reply, wants,
        }.Runs(async (context, cancellationToken) =>
        {
            if (context.Get(id) is { } said && !MessageId.IsValid(said))
            {
                throw new UsageException($"'{said}' is no ULID: 26 characters of 0-9 and A-Z without I, L, O and U");
            }

            var request = new SendRequest
            {
                Id = context.Get(id) ?? MessageId.New(TimeProvider.System),
                To = context.Get(name)!,
                Text = context.Get(content) is not null && context.Get(text) is null && context.Get(file) is null ? null : await ReadAsync(context.Get(text), context.Get(file), cancellationToken),
                Type = context.Get(type),
                Content = ProtocolCommands.Content(context.Get(content)),
                InReplyTo = context.Get(reply),
                WantsAnswer = context.Get(wants) ? true : null,
                Priority = context.Get(priority),
                ExpiresInSeconds = context.Get(expires)?.TotalSeconds,
            };
            switch (context.Get(wait))
            {
                case "answered":
                    await AnswerWait.CheckAsync(context.Client, request.To, cancellationToken);
                    break;
                case "confirmed":
                    await DeliveryWait.CheckAsync(context.Client, request.To, cancellationToken);
                    break;
                default:
                    break;
            }

            MessageInfo message;
            try
            {
                message = await context.Client.SendMessageAsync(request, cancellationToken);
            }
            catch (NodeUnreachableException e)
            {
                return context.Fail("unknown", $"{e.Message} Whether the message was stored is not known: send it again with --id {request.Id}, it will not arrive twice.", ExitCodes.Unknown);
            }

            return context.Get(wait) == "answered" ? await AnswerWait.UntilAsync(context, message, context.Get(timeout) ?? AnswerPatience, cancellationToken) : context.Get(wait) is { } until
                ? await DeliveryWait.UntilAsync(context, message, until, context.Get(timeout) ?? Patience, cancellationToken)
                : context.Print(message, ApiJson.Readable.MessageInfo, MessageText.Outcome);
        });
    }

    private static async Task<string> ReadAsync(string? text, string? file, CancellationToken cancellationToken)
    {
        try
        {
            return (text, file) switch
            {
                (null, null) => throw new UsageException("say what to send: TEXT, - for the standard input, or --file FILE"),
                ({ }, { }) => throw new UsageException("give TEXT or --file, not both"),
                (null, { } path) => await File.ReadAllTextAsync(path, Strict, cancellationToken),
                ("-", _) => await StandardInputAsync(cancellationToken),
                ({ } said, _) => said,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e.Message);
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException("the text is not UTF-8");
        }
    }

    private static async Task<string> StandardInputAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        using var reader = new StreamReader(input, Strict);
        var text = await reader.ReadToEndAsync(cancellationToken);

        // The line end that every program puts after its last line is no part of the message.
        return text.EndsWith('\n') ? text[..^1] : text;
    }
}
