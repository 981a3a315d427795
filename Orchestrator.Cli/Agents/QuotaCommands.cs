using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Invocation;
using Orchestrator.Cli.Output;
using Orchestrator.Client;

namespace Orchestrator.Cli.Agents;

/// <summary><c>orc quota</c>.</summary>
internal static class QuotaCommands
{
    public static Command Create() => new OrcCommand("quota", "The limits that agents of one account share.", "orc quota ls", "orc quota clear team-account") { Ls(), Clear() };

    private static OrcCommand Ls() => new OrcCommand("ls", "List the accounts.", "orc quota ls").Runs(async (context, cancellationToken) =>
        context.Print(await context.Client.ListQuotasAsync(cancellationToken), ApiJson.Readable.ImmutableArrayQuotaInfo, static quotas => Tables.Write(
            ["ACCOUNT", "LIMITED", "UNTIL", "BY", "USED", "TOKENS IN", "OUT", "AGENTS", "SO FAR"],
            quotas.Select(static q => new Cell[] { q.Account, Limited(q), q.Until is { } until ? AgentText.Time(until) : null, q.By, Used(q), q.TokensIn.ToString(CultureInfo.InvariantCulture), q.TokensOut.ToString(CultureInfo.InvariantCulture), string.Join(", ", q.Agents), q.Limits.ToString(CultureInfo.InvariantCulture) }))));

    private static OrcCommand Clear()
    {
        var account = new Argument<string>("ACCOUNT") { Description = "The account, from orc quota ls.", HelpName = "ACCOUNT" };
        return new OrcCommand("clear", "Say that the limit of an account is over: its agents are typed to again at once.", "orc quota clear team-account") { account }.Runs(async (context, cancellationToken) =>
            context.Print(await context.Client.ClearQuotaAsync(context.Get(account)!, cancellationToken), ApiJson.Readable.QuotaInfo, static q => Tables.Line($"{q.Account}: no limit; {string.Join(", ", q.Agents)} go on")));
    }

    private static string Used(QuotaInfo quota)
        => string.Join(", ", quota.Uses.Select(static use => string.Create(CultureInfo.InvariantCulture, $"{use.Limit} {use.Percent:0} %{(use.Resets is { } resets ? $" until {AgentText.Time(resets)}" : "")}")));

    private static Cell Limited(QuotaInfo quota) => quota.Limited ? new("yes", Tone.Attention) : new("no", Tone.Good);
}
