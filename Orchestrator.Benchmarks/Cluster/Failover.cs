using System.Diagnostics;
using System.Globalization;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Runtime;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>
/// How long the entities of a node that goes are silent, while they are asked one thing after the other through a node that stays; and that every command that was answered is there once.
/// </summary>
internal static class Failover
{
    private const int Asked = 8;
    private static readonly TimeSpan KilledWithin = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan StoppedWithin = TimeSpan.FromSeconds(1);

    /// <summary>Kills and stops a node so many times each; false if one time took longer than is asked for.</summary>
    public static async Task<bool> MeasureAsync(string connection, DirectoryInfo folder, int kills, int stops)
    {
        Table.Header($"{Asked} entities of a node that is gone answer again");
        await using var stays = await OpenMember.StartAsync(connection, "stays", folder.FullName);
        var killed = await SilencesAsync(stays.System, connection, folder, "KILL", kills);
        Report("killed with -9", killed, KilledWithin, "Akka 48 s; ");
        var stopped = await SilencesAsync(stays.System, connection, folder, "TERM", stops);
        Report("asked to stop (SIGTERM)", stopped, StoppedWithin, string.Empty);
        return killed.All(static time => time <= KilledWithin) && stopped.All(static time => time <= StoppedWithin);
    }

    private static void Report(string what, List<TimeSpan> silences, TimeSpan within, string reference)
    {
        if (silences.Count > 0)
        {
            silences.Sort();
            Table.Row(
                string.Create(CultureInfo.InvariantCulture, $"{what}, {silences.Count} times: the longest silence of any"),
                string.Create(CultureInfo.InvariantCulture, $"median {silences[silences.Count / 2].TotalSeconds:0.00} s, longest {silences[^1].TotalSeconds:0.00} s; {silences.Count(time => time <= within)} of {silences.Count} within {within.TotalSeconds:0} s"),
                string.Create(CultureInfo.InvariantCulture, $"{reference}at most {within.TotalSeconds:0} s"));
        }
    }

    private static async Task<List<TimeSpan>> SilencesAsync(ActorSystem stays, string connection, DirectoryInfo folder, string signal, int times)
    {
        List<TimeSpan> silences = [];
        for (var i = 0; i < times; i++)
        {
            silences.Add(await SilenceAsync(stays, connection, folder, signal));
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{signal} {i + 1}: {silences[^1].TotalSeconds:0.00} s"));
        }

        return silences;
    }

    private static async Task<TimeSpan> SilenceAsync(ActorSystem stays, string connection, DirectoryInfo folder, string signal)
    {
        using var goes = await MemberProcess.StartAsync(connection, "goes", folder.FullName);
        await Entities.SettledAsync(2, stays);
        var there = Entities.OwnedBy(stays, "goes", Asked);
        var asking = there.ConvertAll(entity => new Asking(stays, entity));
        await Until.TrueAsync(() => Task.FromResult(asking.TrueForAll(static one => one.IsFlowing)), "its entities are asked");
        goes.Signal(signal);
        await goes.ExitAsync();
        await Entities.SettledAsync(1, stays);
        return (await Task.WhenAll(asking.Select(static one => one.EndAsync()))).Max();
    }

    /// <summary>Asks one entity one thing after the other, until it is ended.</summary>
    private sealed class Asking
    {
        private readonly ActorSystem _stays;
        private readonly EntityId _entity;
        private readonly Task<TimeSpan> _run;
        private volatile bool _ended;
        private long _answered;

        public Asking(ActorSystem stays, EntityId entity)
        {
            (_stays, _entity) = (stays, entity);
            _run = Task.Run(RunAsync);
        }

        /// <summary>Whether it has been answered some times by now.</summary>
        public bool IsFlowing => _run.IsFaulted ? throw _run.Exception : Interlocked.Read(ref _answered) > 5;

        /// <summary>Ends it; gives the longest time between two answers.</summary>
        public Task<TimeSpan> EndAsync()
        {
            _ended = true;
            return _run;
        }

        private async Task<TimeSpan> RunAsync()
        {
            var (before, longest) = (await Entities.CountAsync(_stays, _entity), TimeSpan.Zero);
            await Entities.IncrementAsync(_stays, _entity);
            _answered = 1;
            for (var last = Stopwatch.GetTimestamp(); !_ended; Interlocked.Increment(ref _answered))
            {
                await Entities.IncrementAsync(_stays, _entity);
                var now = Stopwatch.GetTimestamp();
                var silence = Stopwatch.GetElapsedTime(last, now);
                (last, longest) = (now, silence > longest ? silence : longest);
            }

            return await Entities.CountAsync(_stays, _entity) is var count && count == before + _answered
                ? longest
                : throw new InvalidOperationException($"{_entity} has counted {count - before} of {_answered} commands that were answered");
        }
    }
}
