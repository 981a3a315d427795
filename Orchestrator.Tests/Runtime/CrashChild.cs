using System.Diagnostics;
using System.Globalization;
using Orchestrator.Runtime;

namespace Orchestrator.Tests.Runtime;

/// <summary>
/// The process that a crash test kills: clients that send one command after the other and say so on standard output, <c>S client number id</c> before
/// and <c>A client number</c> after the acknowledgement.
/// </summary>
internal static class CrashChild
{
    public const int Clients = 4;

    /// <param name="args">folder, fail point or "-", at which hit of it to die, protections ("dedupe", "durable"), how many commands per client, then per client <c>number:id</c> of the command to send again, or <c>number:</c> to go on from.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var (folder, point, hits, protections) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture), args[3]);
        var commands = int.Parse(args[4], CultureInfo.InvariantCulture);
        await using var bank = await Bank.OpenAsync(folder, builder =>
        {
            builder.Protections = new Protections(Dedupe: protections.Contains("dedupe", StringComparison.Ordinal), DurableCommit: protections.Contains("durable", StringComparison.Ordinal));
            builder.FailPoints = new FailPoints { OnHit = name => Hit(name, point, ref hits, builder.Protections.DurableCommit ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(2)) };
        });
        using var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var resume = args[5 + client].Split(':');
            var number = int.Parse(resume[0], CultureInfo.InvariantCulture);
            for (var id = resume[1]; number < commands; number++, id = string.Empty)
            {
                id = id.Length > 0 ? id : Bank.NewId().Value;
                await output.WriteLineAsync($"S {client} {number} {id}");
                await SendAsync(bank, client, number, new CommandId(id));
                await output.WriteLineAsync($"A {client} {number}");
            }
        })));
        return 0;
    }

    /// <summary>The account that a command ends up in: asked, told and passed on ones apart, because order is promised within each.</summary>
    public static string AccountOf(int client, int number) => $"{(number % 3) switch { 0 => "asked", 1 => "told", _ => "passed" }}-{client}";

    private static Task SendAsync(Bank bank, int client, int number, CommandId id) => (number % 3) switch
    {
        0 => bank.AskAsync(AccountOf(client, number), new Deposit(1, Note(number)), id),
        1 => bank.TellAsync(AccountOf(client, number), new Deposit(1, Note(number)), id),
        _ => bank.TellAsync("source", new Transfer(Account.Named(AccountOf(client, number)), 1, Note(number)), id),
    };

    private static string Note(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Hit(string name, string point, ref int hits, TimeSpan heard)
    {
        if (string.Equals(name, point, StringComparison.Ordinal) && Interlocked.Decrement(ref hits) == 0)
        {
            // What was acknowledged by then is on its way out, and must be heard: above all where it is to be lost.
            Thread.Sleep(heard);
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
