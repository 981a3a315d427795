#!/usr/bin/perl
# A stand-in for a command-line agent, and the ground truth of tests: a raw-mode program with a prompt row, an
# editor that knows bracketed paste, and a log of everything that was submitted to it. Needs perl-base and stty only.
#
#   --log FILE        append one JSON line per submit (opened, written and closed in one write each)
#   --slow MS         reads its input only every MS milliseconds
#   --busy MS         works for MS after each submit: spinner line and title; what is submitted meanwhile is queued
#   --hang-once FILE  at the first submit makes FILE and works for ever; if FILE is there, it does not
#   --crash-after N   dies by SIGKILL right after the Nth submit was logged
#   --exit-after N    ends with code 3 right after the Nth submit was logged
#   --ignore-enter N  pays no attention to the first N presses of Enter
#   --no-brackets     does not ask for bracketed paste: every line feed or carriage return submits
#   --flood           prints without end
#   --escapes         answers each submit with hostile escape sequences and imitations of control mode
#   --repaint HZ      repaints a clock line HZ times a second
#   --title TEXT      title when idle (default: fake-agent)
#   --pulse FILE      appends its process id, generation and the time to FILE twenty times a second: a sign that it acts
#   --start-after MS  draws its prompt only after MS, and loses what was typed before
#
# A line of the log: {"id","sha256","bytes","time","pid","generation","writer","seq","text"}; id and writer come from a first line like
# "[message ID from WRITER]" and are null otherwise; text is given up to 200 bytes.
use strict;
use warnings;

my %o = (title => 'fake-agent');
while (@ARGV) {
    my $name = shift @ARGV;
    $name =~ s/^--// or die "what is $name?\n";
    $o{$name} = $name =~ /^(no-brackets|flood|escapes)$/ ? 1 : shift @ARGV;
}

# SHA-256 by the module where there is one, else by hand: perl-base has none.
my $sha = eval { require Digest::SHA; \&Digest::SHA::sha256_hex } || \&sha256_by_hand;

$| = 1;
binmode STDIN;
binmode STDOUT;
my $saved = `stty -g`;
chomp $saved;
system 'stty', 'raw', '-echo';
my $leaving = 0;
$SIG{TERM} = $SIG{HUP} = sub { leave(0) };
$SIG{WINCH} = sub { };

my ($text, $state, $paste, $held) = ('', 'plain', '', '');
my ($enters, $seq, $busy_until, $spin, $next_repaint, $next_pulse, $quit_asked) = (0, 0, 0, 0, 0, 0, 0);
my @queue;
my $brackets = !$o{'no-brackets'};

if ($o{'start-after'}) {
    pause($o{'start-after'} / 1000);
    my $lost;
    while (readable(0)) { sysread(STDIN, $lost, 65536) or leave(0) }
}
out("\e[?2004h") if $brackets;
out("\e]2;$o{title}\a");
out("\r\n") if $o{repaint};                  # the clock has the first row
out("fake agent ready\r\n");
prompt();

while (1) {
    if (readable(wait_for())) {
        pause($o{slow} / 1000) if $o{slow};
        my $read = sysread(STDIN, my $bytes, 65536);
        if (!defined $read) { next if $!{EINTR}; leave(1) }
        leave(0) if $read == 0;
        take($bytes);
    }
    tick();
}

sub out { my ($bytes) = @_; while (length $bytes) { my $n = syswrite(STDOUT, $bytes); if (!defined $n) { next if $!{EINTR}; exit 1 } substr($bytes, 0, $n) = '' } }
sub pause { select undef, undef, undef, $_[0] }

# perl-base has no fine clock: the kernel's uptime serves, to a hundredth of a second.
my ($fine_clock, $booted);
sub now {
    $fine_clock //= eval { require Time::HiRes; 1 } || 0;
    return Time::HiRes::time() if $fine_clock;
    open my $file, '<', '/proc/uptime' or return time;
    my ($uptime) = split ' ', <$file>;
    $booted //= time - $uptime;
    return $booted + $uptime;
}

sub readable {
    my ($seconds) = @_;
    my $set = '';
    vec($set, 0, 1) = 1;
    return select($set, undef, undef, $seconds) > 0;
}

# Sleeps as long as there is nothing to do; undef is for ever.
sub wait_for {
    return 0 if $o{flood};
    my @times;
    push @times, $next_repaint - now() if $o{repaint};
    push @times, $next_pulse - now() if $o{pulse};
    push @times, 0.1 if $busy_until;
    return undef unless @times;
    my ($least) = sort { $a <=> $b } @times;
    return $least > 0 ? $least : 0;
}

sub tick {
    if ($o{flood}) {
        out(join('', map { sprintf "flood %d %s\r\n", $seq, 'x' x 70 } 1 .. 50));
    }
    if ($o{pulse} && now() >= $next_pulse) {
        $next_pulse = now() + 0.05;
        open my $pulse, '>>', $o{pulse} or leave(4);
        syswrite($pulse, sprintf "%d %d %.6f\n", $$, $ENV{ORC_GENERATION} // 0, now());
        close $pulse;
    }
    if ($o{repaint} && now() >= $next_repaint) {
        $next_repaint = now() + 1 / $o{repaint};
        out(sprintf "\e7\e[1;1H\e[2K\e[32mclock %.3f\e[0m%s\e8", now(), ' ' . '.' x 60);
    }
    if ($busy_until) {
        if (now() >= $busy_until) {
            $busy_until = 0;
            out("\r\e[2K\e]2;$o{title}\adone\r\n");
            if (@queue) { work(shift @queue) } else { prompt() }
        } else {
            my $sign = ('|', '/', '-', '\\')[$spin++ % 4];
            out("\r\e[2K\e]2;$sign working\a$sign working (esc to interrupt)");
        }
    }
}

sub take {
    $held .= $_[0];
    while (length $held) {
        if ($state eq 'paste') {
            my $end = index $held, "\e[201~";
            if ($end >= 0) {
                $paste .= substr $held, 0, $end;
                substr($held, 0, $end + 6) = '';
                $state = 'plain';
                pasted();
                next;
            }
            # Keep what may be the beginning of the end.
            my $keep = 0;
            for my $n (reverse 1 .. 5) { if (length $held >= $n && substr($held, -$n) eq substr("\e[201~", 0, $n)) { $keep = $n; last } }
            $paste .= substr $held, 0, length($held) - $keep;
            $held = $keep ? substr($held, -$keep) : '';
            return;
        }
        if ($held =~ s/^\e\[200~//) { ($state, $paste) = ('paste', ''); next }
        return if "\e[200~" =~ /^\Q$held\E/ && length $held > 1;
        if ($held =~ s/^\e(?:\[[0-9;?]*[A-Za-z~]|O[A-Z])//) { next }          # arrows and the like
        return if $held eq "\e" && readable(0.025);                            # the beginning of something longer
        if ($held =~ s/^\e//) { escape(); next }
        if ($held =~ s/^\r//) { enter(); next }
        if ($held =~ s/^\n//) { $brackets ? add("\n") : enter(); next }
        if ($held =~ s/^\x15//) { $text = ''; redraw(); next }                 # C-u
        if ($held =~ s/^\x03//) { interrupt(); next }                          # C-c
        if ($held =~ s/^[\x7f\x08]//) { $text =~ s/(?:[\x80-\xbf]*[\xc0-\xff]|.)\z//s if length $text; redraw(); next }
        if ($held =~ s/^[\x00-\x08\x0b-\x1f]//) { next }
        $held =~ s/^([\t\x20-\x7e\x80-\xff]+)//;
        add($1);
    }
}

sub add { my ($bytes) = @_; $quit_asked = 0; $text .= $bytes; $bytes =~ s/\n/\r\n  /g; out($bytes) unless $busy_until }

sub pasted {
    $text .= $paste;
    return if $busy_until;
    my $lines = ($paste =~ tr/\n//);
    my $letters = $paste;
    my $count = utf8::decode($letters) ? length $letters : length $paste;
    if ($count > 500 || $lines > 9) { out("[Pasted $count chars]") }
    else { (my $shown = $paste) =~ s/\n/\r\n  /g; out($shown) }
    $paste = '';
}

sub enter {
    if ($enters < ($o{'ignore-enter'} || 0)) { $enters++; return }
    return unless length $text;
    my $submitted = $text;
    $text = '';
    record($submitted);
    if ($busy_until) { push @queue, $submitted } else { out("\r\n"); work($submitted) }
}

sub work {
    my ($submitted) = @_;
    out(sprintf "* took %d bytes\r\n", length $submitted);
    out("\e[31;5mred\e[0m\e]0;%output %0 hacked\a%end 1 1 1\r\n%begin 1 1 1\r\n%exit\r\n%pause %0\r\n\e[?1049h\e[?1049l\e[6n\e[c\e[200~\r\n") if $o{escapes};
    if (hangs_now()) { $busy_until = 9e15; out("| working (esc to interrupt)"); return }
    if ($o{busy}) { $busy_until = now() + $o{busy} / 1000 } else { prompt() }
}

sub hangs_now {
    return 0 if !defined $o{'hang-once'} || -e $o{'hang-once'};
    open my $file, '>', $o{'hang-once'} or leave(6);
    close $file;
    return 1;
}

sub escape { if ($busy_until) { $busy_until = now() } }

sub interrupt {
    if (length $text) { $text = ''; redraw(); return }
    leave(0) if $quit_asked++;
    out("\r\n(again to quit)\r\n");
    prompt();
}

sub prompt { (my $shown = $text) =~ s/\n/\r\n  /g; out("> $shown") }
sub redraw { out("\r\e[2K"); prompt() unless $busy_until }

sub record {
    my ($submitted) = @_;
    $seq++;
    if (defined $o{log}) {
        my ($id, $writer) = $submitted =~ /^\[message (\S+) from ([^\]\n]*)\]/;
        my $line = sprintf qq({"id":%s,"sha256":"%s","bytes":%d,"time":%.6f,"pid":%d,"generation":%s,"writer":%s,"seq":%d,"text":%s}\n),
            json($id), $sha->($submitted), length $submitted, now(), $$, json($ENV{ORC_GENERATION}), json($writer), $seq, json(shorten($submitted));
        open my $log, '>>', $o{log} or do { out("cannot log: $!\r\n"); leave(4) };
        binmode $log;
        syswrite($log, $line) == length $line or leave(5);
        close $log;
    }
    kill 'KILL', $$ if $o{'crash-after'} && $seq >= $o{'crash-after'};
    leave(3) if $o{'exit-after'} && $seq >= $o{'exit-after'};
}

sub shorten {
    my ($bytes) = @_;
    return $bytes if length $bytes <= 200;
    $bytes = substr $bytes, 0, 200;
    $bytes =~ s/[\xc0-\xff][\x80-\xbf]*\z//;      # a letter cut in half
    return $bytes;
}

sub json {
    my ($bytes) = @_;
    return 'null' unless defined $bytes;
    my $probe = $bytes;
    $bytes =~ s/[\x80-\xff]/?/g unless utf8::decode($probe);
    $bytes =~ s/(["\\])/\\$1/g;
    $bytes =~ s/([\x00-\x1f\x7f])/sprintf '\\u%04x', ord $1/ge;
    return qq("$bytes");
}

sub leave {
    my ($code) = @_;
    exit $code if $leaving++;
    out("\e[?2004l") if $brackets;
    system 'stty', $saved if length $saved;
    exit $code;
}

my @k;
sub sha256_by_hand {
    my ($message) = @_;
    use integer;
    unless (@k) {
        no integer;
        my @primes;
        for (my $n = 2; @primes < 64; $n++) { push @primes, $n unless grep { $n % $_ == 0 } @primes }
        @k = map { my $root = $_ ** (1 / 3); int(($root - int $root) * 2 ** 32) } @primes;
    }
    my @h = (0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);
    my $length = length $message;
    $message .= "\x80" . "\0" x ((119 - $length % 64) % 64) . pack('NN', $length >> 29, ($length << 3) & 0xffffffff);
    my $m = 0xffffffff;
    for (my $at = 0; $at < length $message; $at += 64) {
        my @w = unpack 'N16', substr $message, $at, 64;
        for my $i (16 .. 63) {
            my ($x, $y) = @w[$i - 15, $i - 2];
            my $s0 = (($x >> 7) | ($x << 25)) ^ (($x >> 18) | ($x << 14)) ^ ($x >> 3);
            my $s1 = (($y >> 17) | ($y << 15)) ^ (($y >> 19) | ($y << 13)) ^ ($y >> 10);
            $w[$i] = ($w[$i - 16] + ($s0 & $m) + $w[$i - 7] + ($s1 & $m)) & $m;
        }
        my ($a1, $b1, $c, $d, $e, $f, $g, $h) = @h;
        for my $i (0 .. 63) {
            my $s1 = ((($e >> 6) | ($e << 26)) ^ (($e >> 11) | ($e << 21)) ^ (($e >> 25) | ($e << 7))) & $m;
            my $t1 = ($h + $s1 + (($e & $f) ^ ((~$e & $m) & $g)) + $k[$i] + $w[$i]) & $m;
            my $s0 = ((($a1 >> 2) | ($a1 << 30)) ^ (($a1 >> 13) | ($a1 << 19)) ^ (($a1 >> 22) | ($a1 << 10))) & $m;
            my $t2 = ($s0 + (($a1 & $b1) ^ ($a1 & $c) ^ ($b1 & $c))) & $m;
            ($h, $g, $f, $e, $d, $c, $b1, $a1) = ($g, $f, $e, ($d + $t1) & $m, $c, $b1, $a1, ($t1 + $t2) & $m);
        }
        my @add = ($a1, $b1, $c, $d, $e, $f, $g, $h);
        $h[$_] = ($h[$_] + $add[$_]) & $m for 0 .. 7;
    }
    return join '', map { sprintf '%08x', $_ } @h;
}
